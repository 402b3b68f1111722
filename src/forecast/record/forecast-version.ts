import type { LineKind } from '../../tree/index.ts';
import type { ForecastReport } from '../report/report-types.ts';

/** US dollars as decimal text, as everywhere at the edge. */
export interface UsdInterval {
  readonly mean: string;
  readonly p10: string;
  readonly p50: string;
  readonly p90: string;
}

/** What a forecast can be made from, by name. A change of any of them is a reason to forecast anew. */
export const forecastInputNames = ['file', 'prices', 'models', 'release', 'measured', 'engine', 'from'] as const;
export type ForecastInputName = (typeof forecastInputNames)[number];

/**
 * What a forecast was made from: fingerprints of what the file says of workflows, people and overheads (`file`) and of
 * the prices in force (`prices`); the provider, model and tier of every stage (`models`); the product's newest release;
 * which numbers were taken from the ledger (`measured`); the version that computed (`engine`); the first month (`from`).
 */
export type ForecastInputs = Readonly<Record<ForecastInputName, string>>;

/** `first`: there was none before; `asked`: somebody wanted it; else the input that changed. */
export type ForecastReason = 'first' | 'asked' | ForecastInputName;

/** A forecast as it is kept: never changed, only followed by another. */
export interface KeptForecast {
  readonly id: string;
  readonly madeAtMs: number;
  readonly madeBy: string;
  /** True when it was made because something changed, not because somebody asked. */
  readonly automatic: boolean;
  readonly reasons: readonly ForecastReason[];
  readonly inputs: ForecastInputs;
  /** Everything it said. */
  readonly report: ForecastReport;
}

export interface ForecastNode {
  readonly workflow: string;
  /** Null: what belongs to the workflow as a whole. */
  readonly stage: string | null;
  readonly totalUsd: UsdInterval;
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

/** What one scenario of a kept forecast expects, in the shape that facts are held against. */
export interface ForecastVersion {
  readonly id: string;
  readonly madeAtMs: number;
  readonly scenario: string;
  readonly months: readonly ForecastMonth[];
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
export function changedInputs(before: ForecastInputs, now: ForecastInputs): ForecastInputName[] {
  return forecastInputNames.filter((name) => before[name] !== now[name]);
}
