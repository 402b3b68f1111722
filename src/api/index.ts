export { type ControlPlane, createApi } from './app.ts';
export { type Assets, loadAssets } from './assets.ts';
export { type BudgetPorts, readStandings, type Standing } from './budget-standing.ts';
export type { ApiPorts, AskedLedger, ConfigReload, HeldMoney, InstanceFacts } from './ports.ts';
export { openIdentify, tokenSignIn } from './roles.ts';
export type {
  AddedReviewAnswer,
  AdviceAnswer,
  AlertAnswer,
  AlertsAnswer,
  BudgetAnswer,
  BudgetPageAnswer,
  BudgetsAnswer,
  CallInListAnswer,
  CostSumsAnswer,
  CostsAnswer,
  CreatedKeyAnswer,
  CreatedUserAnswer,
  KeyAnswer,
  KeysAnswer,
  NewestCallsAnswer,
  PutBudgetAnswer,
  RecommendationAnswer,
  ReviewAnswer,
  ReviewsAnswer,
  StackAnswer,
  UnitsAnswer,
  UserAnswer,
  UsersAnswer,
  WhatIfAnswer,
  WorkflowsAnswer,
  WorkflowTreeAnswer,
} from './wire.ts';
