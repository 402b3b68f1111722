import type { BudgetDefinition } from '../tree/index.ts';
import type { BudgetBooks } from './budgets.ts';

export interface BudgetDirectoryLimits {
  readonly refreshMs: number;
}

export const budgetDirectoryLimits: BudgetDirectoryLimits = { refreshMs: 1_000 };

const changesPerFetch = 1_000;

/** The budgets in force, in memory, for the path every call takes. */
export interface BudgetDirectory {
  /** By name; the same array until something changes. */
  readonly definitions: readonly BudgetDefinition[];
  /** Of the newest change known here. */
  readonly version: number;
  /** False until the first fetch succeeded: until then nobody knows which budgets are hard. */
  readonly ready: boolean;
  /** Refreshes that failed since the start, for metrics. */
  readonly refreshFailures: number;
  /** Fetches what changed; a timer calls it every `refreshMs`. @throws BurnrateError books_unavailable */
  refresh(): Promise<void>;
  close(): void;
}

/** A copy that follows the books within `refreshMs`; what a stale copy grants, the books still refuse. */
export function budgetDirectory(
  books: Pick<BudgetBooks, 'changedSince'>,
  limits: BudgetDirectoryLimits = budgetDirectoryLimits,
): BudgetDirectory {
  const state = { definitions: [] as readonly BudgetDefinition[], version: 0, ready: false, failures: 0 };
  let refreshing: Promise<void> | null = null;
  const refresh = () => {
    refreshing ??= follow(books, state).finally(() => {
      refreshing = null;
    });
    return refreshing;
  };
  const timer = setInterval(() => {
    void refresh().catch(() => {
      state.failures += 1;
    });
  }, limits.refreshMs);
  timer.unref();
  return {
    get definitions() {
      return state.definitions;
    },
    get version() {
      return state.version;
    },
    get ready() {
      return state.ready;
    },
    get refreshFailures() {
      return state.failures;
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

interface DirectoryState {
  definitions: readonly BudgetDefinition[];
  version: number;
  ready: boolean;
}

async function follow(books: Pick<BudgetBooks, 'changedSince'>, state: DirectoryState): Promise<void> {
  for (let more = true; more; ) {
    const changed = await books.changedSince(state.version, changesPerFetch);
    if (changed.length > 0) {
      const byName = new Map(state.definitions.map((definition) => [definition.name, definition]));
      for (const { definition, removedAtMs, version } of changed) {
        if (removedAtMs === null) byName.set(definition.name, definition);
        else byName.delete(definition.name);
        state.version = version;
      }
      state.definitions = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    more = changed.length === changesPerFetch;
  }
  state.ready = true;
}
