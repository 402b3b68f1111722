/** A forecast as the books keep it, without its figures; what its fields mean is the forecast room's business. */
export interface ForecastHeading {
  readonly id: string;
  readonly madeAtMs: number;
  readonly madeBy: string;
  /** True when nobody asked for it: such versions follow one another as what they are made from changes. */
  readonly automatic: boolean;
  /** Why it was made. */
  readonly reasons: readonly string[];
  /** Fingerprints of what it was made from, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What a list shows of it. */
  readonly summary: unknown;
}

/** The same with everything it said. */
export interface ForecastRecord extends ForecastHeading {
  readonly report: unknown;
}

export interface ForecastPage {
  readonly limit: number;
  /** Only versions made before this one, for paging. */
  readonly beforeId?: string;
}

/** The newest so many versions are kept; the oldest beyond them are forgotten. */
export const forecastsMax = 400;

/** Versions of the forecast: kept whole, never changed, only followed by others. */
export interface ForecastBooks {
  /** Idempotent by id, and audited. @returns whether it is new; a version that is there stays as it is */
  keep(record: ForecastRecord): Promise<boolean>;
  get(id: string): Promise<ForecastRecord | null>;
  /** The newest automatic version. */
  latest(): Promise<ForecastRecord | null>;
  /** Newest first. */
  list(page: ForecastPage): Promise<readonly ForecastHeading[]>;
}
