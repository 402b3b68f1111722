export {
  type AlertFeed,
  type AlertSeverity,
  costsLink,
  type Evidence,
  type Finding,
  type ProviderAllowance,
  type WatchedBudget,
  type WatchedKind,
  type WatchRule,
  type WatchSettings,
} from './alert.ts';
export { windowsOf } from './burn-rate.ts';
export { alertWatcher } from './evaluate.ts';
export { type Alert, type AlertChange, advance, alertKey } from './lifecycle.ts';
export { kindDefaults, providerAllowances, watchRules } from './rules.ts';
export { isSilenced } from './silence.ts';
