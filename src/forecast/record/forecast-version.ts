import type { LineKind } from '../../tree/index.ts';

/** US dollars as decimal text, as everywhere at the edge. */
export interface UsdInterval {
  readonly mean: string;
  readonly p10: string;
  readonly p50: string;
  readonly p90: string;
}

/** What a forecast was made from. A change of any of them is a reason to forecast anew. */
export interface ForecastInputs {
  /** Fingerprint of the text of `burnrate.yaml`. */
  readonly file: string;
  /** Fingerprint of the rate cards its models use. */
  readonly prices: string;
  readonly release: string;
}

export interface ForecastNode {
  readonly workflow: string;
  /** Null: what belongs to the workflow as a whole. */
  readonly stage: string | null;
  readonly lines: readonly { readonly line: LineKind; readonly meanUsd: string }[];
}

/** One month as it was forecast. Half-open: from ≤ t < to, ms since the Unix epoch. */
export interface ForecastMonth {
  /** `2026-03` */
  readonly month: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly totalUsd: UsdInterval;
  readonly lines: readonly { readonly line: LineKind; readonly totalUsd: UsdInterval }[];
  readonly nodes: readonly ForecastNode[];
}

/** A forecast as it is kept: never changed, only followed by another. */
export interface ForecastVersion {
  readonly id: string;
  readonly madeAtMs: number;
  readonly scenario: string;
  readonly seed: number;
  readonly trials: number;
  readonly inputs: ForecastInputs;
  readonly months: readonly ForecastMonth[];
}

/** Where versions are kept, newest first. Whoever implements it keeps what it is given, whole, and never changes it. */
export interface ForecastRecords {
  /** Idempotent by id. */
  keep(version: ForecastVersion): Promise<void>;
  latest(scenario: string): Promise<ForecastVersion | null>;
  /** Versions made before `madeBeforeMs`, the newest `limit` of them. */
  list(page: { readonly madeBeforeMs: number; readonly limit: number }): Promise<readonly ForecastVersion[]>;
}

/** Sixteen hexadecimal digits that tell whether a text changed: two FNV-1a hashes of 32 bits. Not a secret's hash. */
export function fingerprintOf(text: string): string {
  return [0x811c9dc5, 0x01234567].map((start) => hash32(text, start).toString(16).padStart(8, '0')).join('');
}

function hash32(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

/** Which inputs differ; empty when a forecast made from `now` would say the same. */
export function changedInputs(before: ForecastInputs, now: ForecastInputs): (keyof ForecastInputs)[] {
  return (['file', 'prices', 'release'] as const).filter((name) => before[name] !== now[name]);
}
