export { createGateway } from './gateway.ts';
export type { Gateway, GatewayDeps, GatewayStats, Histogram, Log } from './ports.ts';
