export { limitRules, planRules, withoutBudgets } from './control/rules.ts';
export { createGateway } from './gateway.ts';
export type {
  BudgetsPort,
  Gateway,
  GatewayDeps,
  GatewayStats,
  Histogram,
  LearningStore,
  Log,
  MoneyAccount,
  PlanRule,
} from './ports.ts';
