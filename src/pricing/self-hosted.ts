import { BurnrateError } from '../base/index.ts';
import { type PicosPerUnit, usd } from '../money/index.ts';
import { type Bucket, inputBuckets, outputBuckets } from '../tree/index.ts';
import type { GpuPool, MeasuredThroughput } from './price-override.ts';
import type { GpuRates, Rates } from './types.ts';

const secondsPerHour = 3600;

/** A request's size, tokens per call. */
export interface RequestShape {
  readonly input: number;
  readonly output: number;
}

/**
 * Turns GPU-hours and measured throughput into a cost model. A call at a measured shape takes
 * `output ÷ outputTokensPerSecond` seconds of the whole pool; two coefficients (seconds per input and per output token)
 * are fitted to all shapes, and a correction per shape makes every measured point come out exactly.
 * @param model whose measurements count; where it has none of its own, those without a model do
 * @returns null when the pool was measured with other models only
 * @throws BurnrateError CONFIG_INVALID when a number is out of range or no shape is given
 */
export function gpuRates(pool: GpuPool, where: string, model?: string): GpuRates | null {
  checkPool(pool, where);
  const measured = throughputOf(pool, model);
  if (measured.length === 0) return null;
  const [secondsPerInputToken, secondsPerOutputToken] = fitCoefficients(measured);
  const shapes = measured.map((shape) => ({
    input: shape.input,
    output: shape.output,
    correction: secondsOf(shape) / (secondsPerInputToken * shape.input + secondsPerOutputToken * shape.output),
  }));
  const picosPerHour = Number(usd(pool.hourlyUsd).picos) * pool.count;
  const picosPerSecond = picosPerHour / secondsPerHour / (1 - (pool.spare ?? 0));
  return { picosPerSecond, secondsPerInputToken, secondsPerOutputToken, shapes };
}

function throughputOf(pool: GpuPool, model: string | undefined): readonly MeasuredThroughput[] {
  const own = pool.throughput.filter((shape) => shape.model !== undefined && shape.model.toLowerCase() === model);
  return own.length > 0 ? own : pool.throughput.filter((shape) => shape.model === undefined);
}

function checkPool(pool: GpuPool, where: string): void {
  const spare = pool.spare ?? 0;
  const positive = (value: number) => Number.isFinite(value) && value > 0;
  const shapesValid = pool.throughput.every(
    (shape) => positive(shape.input) && positive(shape.output) && positive(shape.outputTokensPerSecond),
  );
  if (!positive(pool.count)) invalid(`${where}: gpu.count must be above zero`);
  if (usd(pool.hourlyUsd).picos < 0n) invalid(`${where}: gpu.hourlyUsd is negative`);
  if (!(spare >= 0 && spare < 1)) invalid(`${where}: gpu.spare must be from 0 up to, but not, 1`);
  if (pool.throughput.length === 0 || !shapesValid) {
    invalid(
      `${where}: gpu.throughput needs at least one shape with input, output and outputTokensPerSecond above zero`,
    );
  }
}

function invalid(message: string): never {
  throw new BurnrateError('CONFIG_INVALID', { message });
}

function secondsOf(shape: MeasuredThroughput): number {
  return shape.output / shape.outputTokensPerSecond;
}

/**
 * Least squares on the relative error. When the shapes cannot tell input from output (one shape, one ratio) or the fit
 * turns negative, every token takes the same time, which measurements of dense models at full load come near to.
 */
function fitCoefficients(shapes: readonly MeasuredThroughput[]): readonly [number, number] {
  let xx = 0;
  let xy = 0;
  let yy = 0;
  let x1 = 0;
  let y1 = 0;
  for (const shape of shapes) {
    const x = shape.input / secondsOf(shape);
    const y = shape.output / secondsOf(shape);
    xx += x * x;
    xy += x * y;
    yy += y * y;
    x1 += x;
    y1 += y;
  }
  const determinant = xx * yy - xy * xy;
  const perInput = (x1 * yy - y1 * xy) / determinant;
  const perOutput = (y1 * xx - x1 * xy) / determinant;
  const solvable = determinant > 1e-9 * xx * yy && perInput > 0 && perOutput > 0;
  if (solvable) return [perInput, perOutput];
  const perToken = (x1 + y1) / (xx + 2 * xy + yy);
  return [perToken, perToken];
}

/** Seconds of the pool one call takes. Between measured shapes the corrections are averaged, weighted by 1 ÷ distance² in log(input), log(output). */
export function gpuSeconds(gpu: GpuRates, shape: RequestShape): number {
  const plain = gpu.secondsPerInputToken * shape.input + gpu.secondsPerOutputToken * shape.output;
  return plain * correctionAt(gpu, shape);
}

function correctionAt(gpu: GpuRates, shape: RequestShape): number {
  let weighted = 0;
  let weights = 0;
  for (const measured of gpu.shapes) {
    const distance = logDistanceSquared(measured, shape);
    if (distance < 1e-12) return measured.correction;
    weighted += measured.correction / distance;
    weights += 1 / distance;
  }
  return weighted / weights;
}

function logDistanceSquared(a: RequestShape, b: RequestShape): number {
  const input = Math.log(Math.max(1, a.input) / Math.max(1, b.input));
  const output = Math.log(Math.max(1, a.output) / Math.max(1, b.output));
  return input * input + output * output;
}

/** Integer rates for one request: its share of GPU time, split between input and output tokens. Cached tokens count as input. */
export function ratesOfShape(gpu: GpuRates, shape: RequestShape): Rates {
  const correction = correctionAt(gpu, shape);
  const perInput = roundPicos(gpu.picosPerSecond * gpu.secondsPerInputToken * correction);
  const perOutput = roundPicos(gpu.picosPerSecond * gpu.secondsPerOutputToken * correction);
  const rates: { [bucket in Bucket]?: PicosPerUnit } = {};
  for (const bucket of inputBuckets) rates[bucket] = perInput;
  for (const bucket of outputBuckets) rates[bucket] = perOutput;
  return rates;
}

function roundPicos(picos: number): PicosPerUnit {
  return BigInt(Math.round(picos));
}
