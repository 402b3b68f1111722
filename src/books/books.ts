import type { AlertBooks } from './alerts.ts';
import type { AuditBooks } from './audit.ts';
import type { BudgetBooks } from './budgets.ts';
import type { ForecastBooks } from './forecasts.ts';
import type { KeyBooks } from './keys.ts';
import type { RefusedCallBooks } from './refused-calls.ts';
import type { ReviewBooks } from './reviews.ts';
import type { TaskBooks } from './tasks.ts';
import type { UserBooks } from './users.ts';

/**
 * The transactional truth. Every engine passes `books.contract.ts`.
 * Every method throws BurnrateError `books_unavailable` when the engine cannot be reached or stays locked.
 */
export interface Books {
  readonly keys: KeyBooks;
  readonly users: UserBooks;
  readonly audit: AuditBooks;
  readonly budgets: BudgetBooks;
  readonly alerts: AlertBooks;
  readonly refusedCalls: RefusedCallBooks;
  readonly reviews: ReviewBooks;
  readonly tasks: TaskBooks;
  readonly forecasts: ForecastBooks;
  close(): Promise<void>;
}
