export type {
  AlertFeed,
  WatchedBudget,
} from './alert.ts';
export { alertWatcher } from './evaluate.ts';
export { type Alert, type AlertChange, advance } from './lifecycle.ts';
export { providerAllowances, watchRules } from './rules.ts';
export { isSilenced } from './silence.ts';
