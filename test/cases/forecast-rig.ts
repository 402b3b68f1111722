import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ManualClock, manualClock } from '../../src/base/index.ts';
import { parseConfig } from '../../src/config/index.ts';
import type { Forecaster } from '../../src/economics/index.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import type { Attempt } from '../../src/tree/index.ts';
import { anAttempt } from '../fakes/attempt.ts';
import { fakeForecaster } from '../fakes/fake-forecaster.ts';

/** A workflow of two stages whose cost is known by heart: 100 runs a day, a call each at 0.00225 USD, a person in a tenth. */
export const plainFile = `version: 1
providers: { openai: { kind: openai, apiKey: secret } }
prices: [{ provider: openai, model: gpt-5, inputPerMillion: 1.25, outputPerMillion: 10 }]
people: { agent: { hourlyUsd: 30 } }
workflows:
  support-assistant:
    traffic: { runsPerDay: "80 to 120" }
    start: answer
    stages:
      answer: { model: openai/gpt-5, input: 1000, output: 100, next: { escalate: 0.1, done: 0.9 } }
      escalate: { human: { role: agent, minutes: 6 } }
scenarios: { expected: {}, busy: { traffic: 2 } }
stresses: { price-rise: { prices: 1.3 } }
forecast: { months: 3, seed: 7 }
`;

export interface ForecastRig {
  readonly clock: ManualClock;
  readonly ledger: Ledger;
  /** A forecaster of this file; every one of them shares the ledger and the clock, each has books of its own unless given. */
  of(file: string, books?: Parameters<typeof fakeForecaster>[3]): Forecaster;
  /** Adds calls of the plain file's first stage, one an hour from then on. */
  ran(fromMs: number, calls: number, changes?: Partial<Attempt>): Promise<void>;
  close(): Promise<void>;
}

/** Everything a forecast needs, in simulated time, with a ledger on disk. */
export async function forecastRig(startMs: number): Promise<ForecastRig> {
  const clock = manualClock(startMs);
  const folder = mkdtempSync(join(tmpdir(), 'forecast-'));
  const ledger = await openDuckDbLedger({ file: join(folder, 'l.duckdb'), clock });
  let made = 0;
  return {
    clock,
    ledger,
    of: (file, books) =>
      fakeForecaster(parseConfig(file, { file: 'burnrate.yaml', environment: {} }), clock, ledger, books),
    async ran(fromMs, calls, changes = {}) {
      const afterSequence = made;
      const attempts = Array.from({ length: calls }, (_, i) => {
        made += 1;
        const names = { attemptId: `att_${made}`, callId: `call_${made}`, run: `run_${made}` };
        return anAttempt({ ...names, startedAtMs: fromMs + i * 3_600_000, ...changes });
      });
      await ledger.append({ journalId: 'j', afterSequence, lastSequence: made, attempts });
    },
    async close() {
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}
