/**
 * Tables as Kysely sees them. The SQL is kept to what SQLite and PostgreSQL share: money is decimal text (whole
 * picodollars outgrow 64 bits at nine million dollars), times are integer milliseconds, structures are JSON text.
 */
export interface Schema {
  readonly counters: CounterRow;
  readonly keys: KeyRow;
  readonly audit: AuditRow;
  readonly budgets: BudgetRow;
  readonly balances: BalanceRow;
  readonly leases: LeaseRow;
  readonly alerts: AlertRow;
  readonly deliveries: DeliveryRow;
  readonly leaders: LeaderRow;
  readonly tasks: TaskRow;
  readonly ended_holders: EndedHolderRow;
  readonly reviews: ReviewRow;
  readonly forecasts: ForecastRow;
  readonly users: UserRow;
  readonly refused_calls: RefusedCallRow;
}

/** Sequence numbers that grow in commit order, because whoever draws one holds the row until it commits. */
export interface CounterRow {
  name: string;
  value: number;
}

export interface KeyRow {
  id: string;
  name: string;
  hash: string;
  hint: string;
  defaults: string;
  allowed_models: string;
  budgets: string;
  created_at_ms: number;
  revoked_at_ms: number | null;
  version: number;
}

export interface UserRow {
  name: string;
  role: string;
  hash: string;
  hint: string;
  created_at_ms: number;
  revoked_at_ms: number | null;
}

export interface AuditRow {
  sequence: number;
  at_ms: number;
  actor: string;
  action: string;
  subject: string;
  before_json: string;
  after_json: string;
}

export interface BudgetRow {
  name: string;
  definition: string;
  source: string;
  version: number;
  changed_at_ms: number;
  removed_at_ms: number | null;
}

export interface BalanceRow {
  budget: string;
  instance: string;
  rule: string;
  period_start_ms: number;
  period_end_ms: number;
  counts_until_ms: number;
  posted: string;
  estimated: string;
  leased: string;
  contended_at_ms: number;
}

export interface LeaseRow {
  id: string;
  holder: string;
  budget: string;
  instance: string;
  rule: string;
  period_start_ms: number;
  granted: string;
  spent: string;
  returned: string;
  sequence: number;
  state: string;
  expires_at_ms: number;
  opened_at_ms: number;
}

/** Journals that were taken over: what they still say is too late. */
export interface EndedHolderRow {
  holder: string;
  at_ms: number;
}

export interface AlertRow {
  id: string;
  key: string;
  rule: string;
  kind: string;
  severity: string;
  subject: string;
  state: string;
  summary: string;
  evidence: string;
  link: string;
  once: number;
  started_at_ms: number;
  last_seen_at_ms: number;
  resolved_at_ms: number | null;
  silenced_until_ms: number;
  acknowledged_by: string | null;
}

export interface DeliveryRow {
  id: string;
  alert_id: string;
  channel: string;
  change: string;
  tries: number;
  due_at_ms: number;
}

export interface LeaderRow {
  name: string;
  holder: string;
  until_ms: number;
}

export interface TaskRow {
  name: string;
  started_at_ms: number;
  ended_at_ms: number | null;
  failure: string | null;
}

export interface ForecastRow {
  id: string;
  made_at_ms: number;
  made_by: string;
  automatic: number;
  reasons: string;
  inputs: string;
  summary: string;
  report: string;
}

/** `told` is the whole of it as JSON; the rest is to list and to forget by. */
export interface RefusedCallRow {
  id: string;
  at_ms: number;
  caller: string;
  user_name: string | null;
  budget: string | null;
  told: string;
}

/** `labels` is JSON; workflow and stage are also columns, to list by. */
export interface ReviewRow {
  id: string;
  kind: string;
  state: string;
  workflow: string | null;
  stage: string | null;
  call_id: string | null;
  run: string | null;
  role: string | null;
  labels: string;
  reason: string | null;
  link: string | null;
  created_at_ms: number;
  reviewer: string | null;
  started_at_ms: number | null;
  spent_ms: number;
  decided_at_ms: number | null;
  decision: string | null;
  minutes: number | null;
  minutes_stated: number;
  note: string | null;
  decided_by: string | null;
  decided_as: string | null;
  in_ledger: number;
}
