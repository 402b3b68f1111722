import { describe, expect, test } from 'vitest';
import { formatUsd, fromPicos, toApproximateNumber } from '../money/index.ts';
import { createPriceBook } from './index.ts';
import type { GpuPool } from './price-override.ts';
import { gpuRates, gpuSeconds } from './self-hosted.ts';

const hour = { hourlyUsd: '3.13', count: 2 };
const oneShape: GpuPool = { ...hour, throughput: [{ input: 1000, output: 1000, outputTokensPerSecond: 4205 }] };
/** Llama 70B FP8 on two H100 at full load, TensorRT-LLM's published figures. */
const measured: GpuPool = {
  ...hour,
  throughput: [
    { input: 128, output: 128, outputTokensPerSecond: 6378 },
    { input: 1000, output: 1000, outputTokensPerSecond: 4205 },
    { input: 2048, output: 128, outputTokensPerSecond: 762 },
    { input: 5000, output: 500, outputTokensPerSecond: 898 },
    { input: 20_000, output: 2000, outputTokensPerSecond: 437 },
  ],
};

function rates(pool: GpuPool, model?: string) {
  const found = gpuRates(pool, 'providers.local', model);
  if (found === null) throw new Error('not measured');
  return found;
}

test.each([
  ['fully used', 1, '$0.41'],
  ['at a tenth', 0.1, '$4.14'],
])('70B on two H100, 1000 in and 1000 out, %s', (_, utilization, text) => {
  for (const pool of [oneShape, measured]) {
    const gpu = rates(pool);
    // What a million output tokens cost when everything a call takes is counted on its output.
    const picosPerCall = (gpu.picosPerSecond * gpuSeconds(gpu, { input: 1000, output: 1000 })) / utilization;
    const usd = fromPicos(BigInt(Math.round(picosPerCall * 1000)));
    // 6.26 ÷ 3600 ÷ 4205 × 10⁶ = 0.413529 dollars.
    expect(toApproximateNumber(usd)).toBeCloseTo(0.413_529 / utilization, 4);
    expect(formatUsd(usd)).toBe(text);
  }
});

test('every measured shape comes out exactly', () => {
  const gpu = rates(measured);
  for (const shape of measured.throughput) {
    expect(gpuSeconds(gpu, shape)).toBeCloseTo(shape.output / shape.outputTokensPerSecond, 9);
  }
});

test('between shapes more tokens take more time', () => {
  const gpu = rates(measured);
  const small = gpuSeconds(gpu, { input: 1500, output: 300 });
  expect(small).toBeGreaterThan(gpuSeconds(gpu, { input: 128, output: 128 }));
  expect(small).toBeLessThan(gpuSeconds(gpu, { input: 5000, output: 500 }));
});

describe('metering', () => {
  const book = (gpu: GpuPool) =>
    createPriceBook({
      providers: [{ name: 'local', kind: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', gpu }],
      overrides: [],
    });
  const price = (gpu: GpuPool, usage: Record<string, number>) =>
    book(gpu).price({ provider: 'local', model: 'llama-70b', tier: 'standard', atMs: 0, usage });

  test('a call costs its share of GPU time, in exact lines', () => {
    const priced = price(oneShape, { input: 1000, output: 1000 });
    expect(priced.state).toBe('known');
    expect(toApproximateNumber(priced.cost ?? { picos: 0n })).toBeCloseTo(6.26 / 3600 / 4.205, 8);
    expect(priced.lines.map((line) => line.cost.picos).reduce((a, b) => a + b)).toBe(priced.cost?.picos);
    for (const line of priced.lines) expect(line.cost.picos).toBe(BigInt(line.quantity) * line.rate);
  });

  test('the reserve is carried by the calls', () => {
    const plain = price(oneShape, { input: 1000, output: 1000 }).cost?.picos ?? 0n;
    const reserved = price({ ...oneShape, spare: 0.5 }, { input: 1000, output: 1000 }).cost?.picos ?? 0n;
    expect(Number(reserved) / Number(plain)).toBeCloseTo(2, 4);
  });

  test('a prompt without an answer still costs', () => {
    expect(price(measured, { input: 1000 }).cost?.picos).toBeGreaterThan(0n);
  });

  test('a model is priced by its own measurements, another only by those of any model', () => {
    const [shape] = oneShape.throughput;
    if (shape === undefined) throw new Error('no shape');
    const fast = { ...shape, model: 'Small', outputTokensPerSecond: 42_050 };
    const costs = (gpu: GpuPool) =>
      ['small', 'large'].map((model) => book(gpu).findCard('local', model, 0)?.tiers.standard?.rates.output);
    const [small, large] = costs({ ...oneShape, throughput: [shape, fast] });
    expect(Number(large) / Number(small)).toBeCloseTo(10, 3);
    expect(costs({ ...oneShape, throughput: [fast] })).toEqual([small, undefined]);
  });

  test('what GPU time does not cover is unknown', () => {
    expect(price(oneShape, { input: 1, toolCall: 1 })).toMatchObject({ state: 'unknown', cost: null });
  });

  test('a contract price prevails over the GPUs', () => {
    const prevailing = createPriceBook({
      providers: [{ name: 'local', kind: 'openai', gpu: oneShape }],
      overrides: [{ provider: 'local', model: 'llama*', inputPerMillion: 1, outputPerMillion: 1 }],
    });
    const usage = { input: 1 };
    const priced = prevailing.price({ provider: 'local', model: 'llama-70b', tier: 'standard', atMs: 0, usage });
    expect(priced.cost?.picos).toBe(1_000_000n);
  });
});

test.each<[string, Partial<GpuPool>]>([
  ['no GPU', { count: 0 }],
  ['a reserve of everything', { spare: 1 }],
  ['a negative price', { hourlyUsd: -1 }],
  ['no shape', { throughput: [] }],
  ['a shape without output', { throughput: [{ input: 1, output: 0, outputTokensPerSecond: 1 }] }],
])('%s is refused', (_, wrong) => {
  expect(() => gpuRates({ ...oneShape, ...wrong }, 'providers.local')).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});
