export { type ControlPlane, createApi } from './app.ts';
export { type Assets, loadAssets } from './assets.ts';
export { type ApiPorts, apiLimits, type InstanceFacts, type ReadinessCheck } from './ports.ts';
export { type Identify, openIdentify, type Principal, type Role, type TokenSignIn, tokenSignIn } from './roles.ts';
