import type { Gateway, GatewayDeps } from './ports.ts';

/** Builds the data plane; nothing is opened until the first request. */
export declare function createGateway(deps: GatewayDeps): Gateway;
