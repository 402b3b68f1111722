import type { Books } from '../books.ts';
import { sqlAlerts } from './alerts-sql.ts';
import { sqlAudit } from './audit-sql.ts';
import { sqlBudgets } from './budgets-sql.ts';
import { sqlForecasts } from './forecasts-sql.ts';
import { sqlKeys } from './keys-sql.ts';
import { sqlRefusedCalls } from './refused-calls-sql.ts';
import { sqlReviews } from './reviews-sql.ts';
import type { Store } from './store.ts';
import { sqlTasks } from './tasks-sql.ts';
import { sqlUsers } from './users-sql.ts';

/** The books over any SQL engine that gives a `Store`. */
export function sqlBooks(store: Store, close: () => Promise<void>): Books {
  return {
    keys: sqlKeys(store),
    users: sqlUsers(store),
    audit: sqlAudit(store),
    budgets: sqlBudgets(store),
    alerts: sqlAlerts(store),
    refusedCalls: sqlRefusedCalls(store),
    reviews: sqlReviews(store),
    tasks: sqlTasks(store),
    forecasts: sqlForecasts(store),
    close,
  };
}
