import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createPriceBook, mergeAnthropicUsage, readUsage } from './index.ts';
import type { UsageProtocol } from './usage-reading.ts';

interface GoldenCase {
  readonly title: string;
  readonly provider: string;
  readonly protocol: UsageProtocol;
  readonly operation: string;
  readonly at: string;
  readonly modelRequested?: string;
  readonly body?: unknown;
  readonly stream?: readonly { usage?: unknown; message?: { model: string; usage: unknown } }[];
  readonly expected: {
    readonly usage: Record<string, number>;
    readonly tier: string | null;
    readonly model: string | null;
    readonly linePicos: Record<string, string>;
    readonly costPicos: string | null;
  };
}

const folder = new URL('../../test/golden/provider-usage/', import.meta.url);
const cases = readdirSync(folder).map((file): [string, GoldenCase] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
]);
const book = createPriceBook({ providers: [], overrides: [] });

/** A stream's usage objects, merged as the gateway merges them while it passes the events on. */
function bodyOf(golden: GoldenCase): unknown {
  if (golden.stream === undefined) return golden.body;
  const first = golden.stream[0]?.message;
  const usage = golden.stream.reduce(
    (known, event) => mergeAnthropicUsage(known, event.message?.usage ?? event.usage),
    null as Readonly<Record<string, unknown>> | null,
  );
  return { model: first?.model, usage };
}

describe.each(cases)('%s', (_, golden) => {
  const reading = readUsage(golden.protocol, golden.operation, bodyOf(golden));

  test(`reads: ${golden.title}`, () => {
    const { usage, tier, model } = golden.expected;
    expect(reading).toEqual({ ok: true, usage, tier, model });
  });

  test('prices to the picodollar', () => {
    if (!reading.ok) throw new Error(reading.message);
    const model = reading.model ?? golden.modelRequested ?? '';
    const atMs = Date.parse(golden.at);
    const { provider } = golden;
    const priced = book.price({ provider, model, tier: reading.tier ?? 'standard', atMs, usage: reading.usage });
    const lines = Object.fromEntries(priced.lines.map((line) => [line.bucket, String(line.cost.picos)]));
    expect(lines).toEqual(golden.expected.linePicos);
    expect(priced.cost === null ? null : String(priced.cost.picos)).toBe(golden.expected.costPicos);
    expect(priced.state).toBe(golden.expected.costPicos === null ? 'unknown' : 'known');
  });
});
