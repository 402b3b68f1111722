export { limitRules, planRules, withoutBudgets } from './control/rules.ts';
export { createGateway } from './gateway.ts';
export type {
  BudgetsPort,
  Gateway,
  GatewayDeps,
  GatewayStats,
  Histogram,
  LimitRule,
  Log,
  MoneyAccount,
  PlanRule,
} from './ports.ts';
