import { describe, test } from 'vitest';
import { runMoneyModel } from './money-model.ts';

/**
 * Random sequences against a naive model that tracks every dollar. `npm test` runs a few hundred; the long run is
 * `BURNRATE_MODEL_SEQUENCES=100000 npx vitest run src/books/account/money-model.test.ts`, and a failure is repeated with
 * the seed it prints in `BURNRATE_MODEL_SEED` and one sequence.
 */
const sequences = Number(process.env.BURNRATE_MODEL_SEQUENCES ?? 400);
const firstSeed = Number(process.env.BURNRATE_MODEL_SEED ?? 20_260_310);
const operations = 120;
const timeoutMs = 30_000 + sequences * 60;

describe('money in flight', () => {
  test.each([
    ['plain', { overdraw: false, powerCuts: false, limitChanges: false }],
    ['limits that change', { overdraw: false, powerCuts: false, limitChanges: true }],
    ['providers that bill more than was held', { overdraw: true, powerCuts: false, limitChanges: false }],
    ['power cuts', { overdraw: false, powerCuts: true, limitChanges: false }],
  ] as const)(
    'random sequences: %s',
    async (name, kind) => {
      const totals = { holds: 0, refusals: 0, crashes: 0, exchanges: 0 };
      for (let i = 0; i < Math.ceil(sequences / 4); i++) {
        const report = await runMoneyModel({ seed: firstSeed + i, operations, ...kind });
        for (const key of ['holds', 'refusals', 'crashes', 'exchanges'] as const) totals[key] += report[key];
      }
      console.info(
        `${name}: seeds from ${firstSeed}, ${Math.ceil(sequences / 4)} sequences, ${JSON.stringify(totals)}`,
      );
    },
    timeoutMs,
  );
});
