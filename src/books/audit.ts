/** Who changed what, when, and how it looked before and after. Secrets are never in it. */
export interface AuditEntry {
  readonly sequence: number;
  readonly atMs: number;
  /** Who: a signed-in name, `cli`, or the process that acted by itself. */
  readonly actor: string;
  /** What was done, like `key.create` or `budget.change`. */
  readonly action: string;
  /** The id or name of what was changed. */
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}

export type NewAuditEntry = Omit<AuditEntry, 'sequence' | 'atMs'>;

export interface AuditQuery {
  readonly limit?: number;
  /** Only entries before this sequence number, for paging. */
  readonly beforeSequence?: number;
  readonly subject?: string;
  /** Only actions that begin with this, like `key.`. */
  readonly actionPrefix?: string;
}

/** An append-only record; nothing in Burnrate changes or deletes an entry. */
export interface AuditBooks {
  /** For changes made outside the books; the books audit their own changes in the transaction that makes them. */
  append(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Newest first. */
  list(query?: AuditQuery): Promise<readonly AuditEntry[]>;
}
