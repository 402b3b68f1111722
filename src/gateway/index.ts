export { limitRules, planRules } from './control/rules.ts';
export { createGateway } from './gateway.ts';
export type {
  BudgetsPort,
  Gateway,
  GatewayStats,
  LearningStore,
} from './ports.ts';
export { connectionHeaders } from './upstream/connection-headers.ts';
