import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';
import { type CostsJson, expectSumsByAnyDimension, killChild, readAzureTotals, replay } from './replay-check.ts';
import { pause, type Stack } from './stack.ts';

/** Writes a trace in the azure format: `records` requests spread evenly over `durationMs`. */
export function writeTrace(file: string, records: number, durationMs: number): void {
  const startMs = Date.UTC(2024, 0, 1);
  const rows = Array.from({ length: records }, (_, i) => {
    const at = new Date(startMs + (i * durationMs) / records).toISOString().replace('T', ' ').replace('Z', '0000');
    return `${at},${20 + ((i * 7) % 180)},${1 + ((i * 13) % 90)}`;
  });
  writeFileSync(file, `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('\n')}\n`);
}

interface AttemptRow {
  readonly attempt: string;
  readonly run: string;
  readonly provider_id: string;
  readonly usage_source: string;
  readonly failure: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

interface Billed {
  readonly requests: number;
  /** The newest bills by the provider's request id, in disjoint buckets. */
  readonly bills: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/**
 * Replays while processes are killed, then compares three independent counts: what the trace asked for, what the
 * emulator says it billed, and what is in the ledger's file after everything stopped.
 */
export async function expectSurvivesKills(stack: Stack, trace: string, speed: number): Promise<void> {
  const asked = readAzureTotals(trace);
  const summary = await replay(stack, trace, speed, async () => {
    await pause(1_500);
    await killChild(stack, 'internal-worker');
    await pause(1_000);
    await killChild(stack, 'internal-ledger');
    await pause(500);
    await killChild(stack, 'internal-worker');
  });
  expect(summary).toMatchObject({ records: asked.records, completed: asked.records, failed: 0 });
  expect(summary.tokensReceived).toMatchObject({ input: asked.inputTokens, output: asked.outputTokens });
  expect(summary.retries).toBeGreaterThan(0);

  const billed = await readBilled(stack);
  await stack.until<CostsJson>('/api/costs', (costs) => costs.total.attempts >= billed.requests);
  await expectSumsByAnyDimension(stack, ['usageSource', 'status', 'minute', 'failure']);
  await stack.burnrate.stop();
  const rows = await readAttempts(`${stack.folder}/data/ledger.duckdb`);
  expectExactlyOnce(rows, billed, asked.records);
}

function expectExactlyOnce(rows: readonly AttemptRow[], billed: Billed, records: number): void {
  const completed = rows.filter((row) => row.failure === null);
  const interrupted = rows.filter((row) => row.failure !== null);
  // No attempt twice, no billed answer twice.
  expect(new Set(rows.map((row) => row.attempt)).size).toBe(rows.length);
  expect(new Set(completed.map((row) => row.provider_id)).size).toBe(completed.length);
  // Every record has a completed attempt, and what broke off is marked as an estimate.
  expect(new Set(completed.map((row) => row.run)).size).toBe(records);
  expect(interrupted.every((row) => row.usage_source === 'estimated')).toBe(true);
  expect(completed.every((row) => row.usage_source === 'reported')).toBe(true);
  // What the ledger says of an answer is what the provider billed for it.
  const matched = completed.filter((row) => billed.bills.has(idTail(row.provider_id)));
  expect(matched.length).toBeGreaterThan(records / 2);
  for (const row of matched) {
    const bill = billed.bills.get(idTail(row.provider_id)) ?? {};
    const input = (bill.input ?? 0) + (bill.cacheRead ?? 0);
    expect([row.input_tokens, row.output_tokens].map(Number)).toEqual([
      input,
      (bill.output ?? 0) + (bill.reasoning ?? 0),
    ]);
  }
  // The emulator's own count lies between what surely reached it and what may have: a start is journaled before its
  // first byte goes out, so a kill in between leaves an estimate the provider never saw. Nothing billed is missing.
  expect(billed.requests).toBeGreaterThanOrEqual(completed.length);
  expect(billed.requests).toBeLessThanOrEqual(rows.length);
}

/** The emulator's answer ids end like its request ids. */
const idTail = (id: string) => id.slice(id.indexOf('_') + 1);

async function readBilled(stack: Stack): Promise<Billed> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = (await (await fetch(`${stack.emulator.origin}/emulator/billed`)).json()) as BilledReport;
    if (answer.inFlight === 0) {
      const bills = new Map(answer.log.map((bill) => [idTail(bill.requestId), bill.usage]));
      return { requests: answer.total.requests, bills };
    }
    await pause(100);
  }
  throw new Error('the emulator is still answering after 10 s');
}

interface BilledReport {
  readonly inFlight: number;
  readonly total: { readonly requests: number };
  readonly log: readonly { readonly requestId: string; readonly usage: Readonly<Record<string, number>> }[];
}

async function readAttempts(file: string): Promise<AttemptRow[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    `SELECT attempt_id AS attempt, run, provider_request_id AS provider_id, usage_source, failure,
            input_tokens, output_tokens FROM attempts`,
  );
  const rows = result.getRowObjectsJson() as unknown as AttemptRow[];
  connection.closeSync();
  instance.closeSync();
  return rows;
}
