export { createGateway } from './gateway.ts';
export type { Gateway, GatewayDeps, GatewayStats, Histogram, KeyRecord, Log } from './ports.ts';
export type { GatewaySettings, ProviderSettings, Timeouts } from './settings.ts';
