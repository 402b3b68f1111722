import { BurnrateError } from '../../base/index.ts';
import { at, hourMs, type Series, type SeriesKind } from './series.ts';

/** One measured row of a file, before steps are joined. NaN stands for a blank. */
interface Row {
  readonly atMs: number;
  readonly values: readonly number[];
}

const rowsMax = 5_000_000;
const stepsMax = 1_000_000;
const blanks = new Set(['', 'na', 'nan', 'null', 'none', '-']);
const weightNames = /^(requests?|calls|count|runs|interactions|n)$/i;

/**
 * Reads a CSV whose first column is time (`t_s` or another number of seconds, or RFC 3339) and whose other columns are
 * series. Steps shorter than an hour are joined to hours: counts add up; columns whose name begins with `mean` or `avg`
 * are averaged, weighted by the column of requests if there is one. A blank or a missing row is unknown: an hour with half its rows is scaled up, one with fewer is unknown. Rows at no equal gaps
 * are taken for events, of which an hour may have none.
 * @throws BurnrateError SERIES_INVALID naming the line
 */
export function readSeriesCsv(text: string, file: string): Series[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = (lines[0] ?? '').split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  if (names.length < 2) throw invalid(file, 1, 'a first column of time and at least one series are needed');
  const rows = lines.flatMap((line, index) =>
    index === 0 || line.trim() === '' ? [] : [rowOf(line, names, file, index + 1)],
  );
  if (rows.length < 2 || rows.length > rowsMax) {
    throw invalid(file, lines.length, `${rows.length} rows; 2 to ${rowsMax} can be read`);
  }
  rows.sort((a, b) => a.atMs - b.atMs);
  return joined(rows, names.slice(1), file);
}

function rowOf(line: string, names: readonly string[], file: string, number: number): Row {
  const fields = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  if (fields.length !== names.length) {
    throw invalid(file, number, `${fields.length} fields where the header has ${names.length}`);
  }
  const values = fields.slice(1).map((field, column) => {
    if (blanks.has(field.toLowerCase())) return Number.NaN;
    const value = Number(field);
    if (Number.isFinite(value)) return value;
    throw invalid(file, number, `"${field.slice(0, 40)}" in column ${names[column + 1] ?? ''} is no number`);
  });
  return { atMs: timeOf(fields[0] ?? '', file, number), values };
}

const rfc3339 = /^\d{4}-\d\d-\d\d(?:[ Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/;

function timeOf(field: string, file: string, line: number): number {
  if (/^-?\d+(?:\.\d+)?$/.test(field)) return Number(field) * 1_000;
  const zoned = /[Zz]|[+-]\d\d:?\d\d$/.test(field.slice(10)) || field.length <= 10 ? field : `${field}Z`;
  const ms = rfc3339.test(field) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(ms)) throw invalid(file, line, `"${field.slice(0, 40)}" is no time; write seconds or RFC 3339`);
  return ms;
}

function joined(rows: readonly Row[], names: readonly string[], file: string): Series[] {
  const { gapMs, regular } = paceOf(rows);
  const stepMs = regular ? Math.max(hourMs, gapMs) : hourMs;
  const rowsPerStep = regular ? Math.max(1, Math.round(stepMs / gapMs)) : null;
  const startMs = Math.floor((rows[0]?.atMs ?? 0) / stepMs) * stepMs;
  const steps = Math.floor(((rows.at(-1)?.atMs ?? 0) - startMs) / stepMs) + 1;
  if (steps > stepsMax) throw invalid(file, rows.length, `${steps} steps of time; at most ${stepsMax} can be read`);
  const weightColumn = names.findIndex((name) => weightNames.test(name));
  return names.map((name, column) => {
    const kind: SeriesKind = /^(?:mean|avg|average)/i.test(name) ? 'mean' : 'count';
    const weightOf = (row: Row): number => (kind === 'count' || weightColumn < 0 ? 1 : at(row.values, weightColumn));
    return {
      name,
      kind,
      startMs,
      stepMs,
      values: valuesOf(rows, column, kind, weightOf, { startMs, stepMs, steps, rowsPerStep }),
    };
  });
}

interface Frame {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  /** Rows a full step has where rows come at equal gaps; null where they come as things happen. */
  readonly rowsPerStep: number | null;
}

function valuesOf(
  rows: readonly Row[],
  column: number,
  kind: SeriesKind,
  weightOf: (row: Row) => number,
  frame: Frame,
): Float64Array {
  const sums = new Float64Array(frame.steps);
  const weights = new Float64Array(frame.steps);
  for (const row of rows) {
    const value = at(row.values, column);
    const weight = weightOf(row);
    if (Number.isNaN(value) || Number.isNaN(weight)) continue;
    const step = Math.floor((row.atMs - frame.startMs) / frame.stepMs);
    sums[step] = at(sums, step) + value * weight;
    weights[step] = at(weights, step) + weight;
  }
  if (kind === 'mean') return sums.map((sum, step) => (at(weights, step) > 0 ? sum / at(weights, step) : Number.NaN));
  return sums.map((sum, step) => wholeStep(sum, at(weights, step), frame.rowsPerStep));
}

/** A step of which some rows are missing is scaled up from the others; from fewer than half nothing is known. */
function wholeStep(sum: number, rows: number, rowsPerStep: number | null): number {
  if (rowsPerStep === null) return sum;
  return rows < rowsPerStep / 2 ? Number.NaN : (sum * rowsPerStep) / rows;
}

interface Pace {
  /** The median gap between rows, which a few missing rows do not move. */
  readonly gapMs: number;
  readonly regular: boolean;
}

const regularShare = 0.8;

function paceOf(rows: readonly Row[]): Pace {
  const gaps = Float64Array.from(
    { length: rows.length - 1 },
    (_, i) => (rows[i + 1]?.atMs ?? 0) - (rows[i]?.atMs ?? 0),
  );
  const positive = gaps.filter((gap) => gap > 0).sort();
  const gapMs = at(positive, Math.floor(positive.length / 2)) || hourMs;
  const alike = gaps.filter((gap) => gap === gapMs).length;
  return { gapMs, regular: alike >= regularShare * gaps.length };
}

function invalid(file: string, line: number, problem: string): BurnrateError {
  return new BurnrateError('SERIES_INVALID', { message: `${file}:${line}: ${problem}`, facts: { line } });
}
