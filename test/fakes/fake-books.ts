import type {
  AlertBooks,
  AuditEntry,
  Books,
  BudgetBooks,
  KeyRecord,
  RefusedCallBooks,
  ReviewBooks,
  UserBooks,
} from '../../src/books/index.ts';

const noMoney = () => Promise.reject(new Error('this fake keeps no money; test such questions on SQLite'));
/** No budget is in force. */
const noBudgets: BudgetBooks = {
  put: noMoney,
  remove: async () => null,
  adoptFile: async () => 0,
  get: async () => null,
  list: async () => [],
  changedSince: async () => [],
  exchange: noMoney,
  takeOver: async () => [],
  release: async () => ({ ok: false, reason: 'not_found' }),
  expireOverdue: async () => 0,
  balances: async () => [],
  leases: async () => [],
  prune: async () => ({ balances: 0, leases: 0 }),
};

/** Nothing is out of the ordinary. */
const noAlerts: AlertBooks = {
  save: async () => undefined,
  current: async () => [],
  get: async () => null,
  list: async () => [],
  silence: async () => null,
  acknowledge: async () => null,
  due: async () => [],
  settle: async () => undefined,
  prune: async () => 0,
};

/** Nobody signs in but by the admin token. */
const noUsers: UserBooks = {
  create: () => Promise.reject(new Error('this fake keeps no users; test such questions on SQLite')),
  get: async () => null,
  findByHash: async () => null,
  list: async () => [],
  setRole: async () => null,
  revoke: async () => null,
};

/** No call was refused. */
const noRefusedCalls: RefusedCallBooks = { keep: async () => undefined, list: async () => [], prune: async () => 0 };

/** Nobody reviews anything. */
const noReviews: ReviewBooks = {
  add: async () => [],
  get: async () => null,
  list: async () => [],
  counts: async () => ({ waiting: 0, started: 0, oldestWaitingAtMs: null }),
  start: async () => ({ ok: false, reason: 'not_found' }),
  release: async () => ({ ok: false, reason: 'not_found' }),
  decide: async () => ({ ok: false, reason: 'not_found' }),
  unrecorded: async () => [],
  markRecorded: async () => undefined,
  prune: async () => 0,
};

/** Books in memory, for tests of what stands on their port. */
export function fakeBooks(): Pick<
  Books,
  'keys' | 'users' | 'audit' | 'budgets' | 'alerts' | 'reviews' | 'refusedCalls'
> & {
  readonly entries: AuditEntry[];
} {
  const entries: AuditEntry[] = [];
  const keys = new Map<string, KeyRecord>();
  const note = (actor: string, action: string, subject: string, before: unknown, after: unknown) => {
    const entry = { sequence: entries.length + 1, atMs: 0, actor, action, subject, before, after };
    entries.push(entry);
    return entry;
  };
  return {
    entries,
    users: noUsers,
    budgets: noBudgets,
    alerts: noAlerts,
    reviews: noReviews,
    refusedCalls: noRefusedCalls,
    keys: {
      async create(input, actor) {
        const id = input.id ?? `key_${keys.size + 1}`;
        const known = keys.get(id);
        if (known) return { ok: false, reason: 'already_exists', key: known };
        const key: KeyRecord = {
          id,
          name: input.name,
          hash: 'h',
          hint: 'wxyz',
          defaults: input.defaults ?? {},
          allowedModels: input.allowedModels ?? [],
          budgets: input.budgets ?? [],
          createdAtMs: 1,
          revokedAtMs: null,
          version: keys.size + 1,
        };
        keys.set(id, key);
        note(actor, 'key.create', id, null, { name: key.name });
        return { ok: true, key, secret: 'br_secret' };
      },
      get: async (id) => keys.get(id) ?? null,
      findByHash: async (hash) => [...keys.values()].find((key) => key.hash === hash) ?? null,
      list: async (page) => [...keys.values()].reverse().slice(0, page?.limit ?? 100),
      changedSince: async (version) => [...keys.values()].filter((key) => key.version > version),
      change: async (id) => keys.get(id) ?? null,
      async revoke(id, actor) {
        const key = keys.get(id);
        if (!key) return null;
        const revoked = { ...key, revokedAtMs: key.revokedAtMs ?? 2 };
        keys.set(id, revoked);
        note(actor, 'key.revoke', id, null, null);
        return revoked;
      },
    },
    audit: {
      append: async (entry) => note(entry.actor, entry.action, entry.subject, entry.before, entry.after),
      list: async (query) =>
        entries
          .filter((entry) => entry.action.startsWith(query?.actionPrefix ?? ''))
          .reverse()
          .slice(0, query?.limit ?? 100),
    },
  };
}
