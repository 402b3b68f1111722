/** An alert as the books keep it; what its fields mean is the economics room's business. */
export interface AlertRecord {
  readonly id: string;
  readonly key: string;
  readonly rule: string;
  readonly kind: string;
  readonly severity: 'page' | 'ticket' | 'info';
  readonly subject: Readonly<Record<string, string>>;
  readonly state: 'firing' | 'resolved';
  readonly summary: string;
  readonly evidence: Readonly<Record<string, number | string>>;
  /** Path of the dashboard. */
  readonly link: string;
  readonly once: boolean;
  readonly startedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs: number | null;
  /** Nothing is told of it before this time; 0 when nobody asked for silence. */
  readonly silencedUntilMs: number;
  readonly acknowledgedBy: string | null;
}

/** A message to a channel that is still to be brought there. */
export interface Delivery {
  readonly id: string;
  readonly alertId: string;
  readonly channel: string;
  readonly change: 'fired' | 'resolved';
  /** Tries that failed so far. */
  readonly tries: number;
  readonly dueAtMs: number;
}

export interface AlertQuery {
  readonly state?: AlertRecord['state'];
  readonly kind?: string;
  readonly limit: number;
  /** Only alerts that began before this one, for paging. */
  readonly beforeId?: string;
}

/** Alerts and what is to be told of them; the two are written in one transaction, so that none is forgotten or told twice as new. */
export interface AlertBooks {
  /** Creates or changes; silence and acknowledgement given meanwhile stay. */
  save(alerts: readonly AlertRecord[], deliveries: readonly Delivery[]): Promise<void>;
  /** The newest of each key that fires or ended since `endedSinceMs`, and those that are told once. */
  current(endedSinceMs: number): Promise<readonly AlertRecord[]>;
  get(id: string): Promise<AlertRecord | null>;
  /** Newest first. */
  list(query: AlertQuery): Promise<readonly AlertRecord[]>;
  /** @returns the alert, or null when there is none */
  silence(id: string, untilMs: number, actor: string): Promise<AlertRecord | null>;
  acknowledge(id: string, actor: string): Promise<AlertRecord | null>;
  /** Deliveries whose time has come, the longest due first. */
  due(nowMs: number, limit: number): Promise<readonly Delivery[]>;
  /** A delivery came to its end: it arrived, or is tried again later, or is given up. */
  settle(
    id: string,
    result: { readonly done: true } | { readonly done: false; readonly dueAtMs: number },
  ): Promise<void>;
  /** Deletes alerts that ended before. */
  prune(beforeMs: number): Promise<number>;
}
