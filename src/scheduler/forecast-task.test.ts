import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ForecastRig, forecastRig, plainFile } from '../../test/cases/forecast-rig.ts';
import { idSource } from '../base/index.ts';
import type { Books } from '../books/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { parseConfig } from '../config/index.ts';
import { type Forecaster, readStandings } from '../economics/index.ts';
import { usd } from '../money/index.ts';
import type { Attempt } from '../tree/index.ts';
import { alertTask } from './alert-task.ts';
import { forecastTask } from './forecast-task.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const april = Date.UTC(2026, 3, 1);
const signal = new AbortController().signal;
const parsed = (file: string) => parseConfig(file, { file: 'burnrate.yaml', environment: {} });

let rig: ForecastRig;
let books: Books;
beforeEach(async () => {
  rig = await forecastRig(april - 5 * dayMs);
  books = await openSqliteBooks({ path: ':memory:', clock: rig.clock, ids: idSource(rig.clock) });
});
afterEach(async () => {
  await books.close();
  await rig.close();
});

/** A forecaster that keeps its versions in the books of this test, as a restarted instance would. */
const forecasterOf = (file: string) => rig.of(file, books.forecasts);
const logged: string[] = [];
const look = (file: string, forecasts: Forecaster = forecasterOf(file)) => {
  logged.length = 0;
  const task = forecastTask({ config: parsed(file), forecasts, log: (_level, event) => logged.push(event) });
  return task.run(rig.clock.nowMs(), signal);
};

describe('forecasting anew', () => {
  const versions = async () => (await books.forecasts.list({ limit: 50 })).map(({ reasons }) => reasons);

  test('once at first, and never again while nothing changes', async () => {
    await look(plainFile);
    rig.clock.advance(hourMs);
    await look(plainFile);
    await look(`# a remark\nlisten: 127.0.0.1:0\n${plainFile}`);
    expect(await versions()).toEqual([['first']]);
  });

  test.each([
    ['the file', plainFile.replace('"80 to 120"', '"80 to 130"'), ['file']],
    ['the price list', plainFile.replace('outputPerMillion: 10', 'outputPerMillion: 12'), ['prices']],
    [
      'the model of a stage',
      plainFile.replaceAll('gpt-5,', 'gpt-6,').replace('openai/gpt-5', 'openai/gpt-6'),
      ['file', 'models'],
    ],
    ['the release that is deployed', `release: r2\n${plainFile}`, ['release']],
  ])('%s changed', async (_what, file, reasons) => {
    await look(plainFile);
    rig.clock.advance(1);
    await look(file);
    expect(await versions()).toEqual([reasons, ['first']]);
    expect((await books.audit.list({ actionPrefix: 'forecast.' })).map(({ actor }) => actor)).toEqual([
      'scheduler',
      'scheduler',
    ]);
  });

  test('a release that traffic names, once it has traffic enough', async () => {
    await look(plainFile);
    await rig.ran(april - 4 * dayMs, 10, { release: 'r7' });
    rig.clock.advance(2 * dayMs);
    await look(plainFile);
    expect(await versions()).toHaveLength(1);
    await rig.ran(april - 4 * dayMs, 30, { release: 'r7' });
    await look(plainFile);
    expect((await versions())[0]).toEqual(['release']);
  });

  test('a new month', async () => {
    await look(plainFile);
    rig.clock.advance(5 * dayMs);
    await look(plainFile);
    expect(await versions()).toEqual([['from'], ['first']]);
  });

  test('what is measured can be told', async () => {
    const file = plainFile.replace('output: 100', 'output: measured');
    await look(file);
    expect([await versions(), logged]).toEqual([[], ['forecast_impossible']]);
    await rig.ran(april - 5 * dayMs, 40);
    rig.clock.advance(2 * dayMs);
    await look(file);
    expect([await versions(), logged]).toEqual([[['first']], ['forecast_made']]);
  });

  test('a file without workflows is left alone', async () => {
    await look('version: 1\n');
    expect([await versions(), logged]).toEqual([[], []]);
  });

  test('versions keep their seed, so that they differ by what changed and not by chance', async () => {
    const unseeded = plainFile.replace(', seed: 7', '');
    await look(unseeded);
    const first = await forecasterOf(unseeded).archive.latest();
    rig.clock.advance(1);
    await look(`release: r2\n${unseeded}`);
    const second = await forecasterOf(unseeded).archive.latest();
    expect(second?.id).not.toBe(first?.id);
    expect(second?.report).toEqual(first?.report);
  });
});

describe('a month that leaves the interval of its forecast', () => {
  const small = plainFile.replace('minutes: 6', 'minutes: 0.001').replace('"80 to 120"', '"800 to 1200"');
  const watched = `${small}alerts: { channels: { ops: { webhook: http://x.test } }, rules: [{ kind: forecast-miss, minimumUsd: 0 }] }\n`;

  function alerts() {
    const forecasts = forecasterOf(watched);
    const task = alertTask({
      ...{ config: parsed(watched), feed: rig.ledger, alerts: books.alerts, budgets: books.budgets },
      ids: idSource(rig.clock),
      standings: (nowMs) => readStandings({ ledger: rig.ledger, config: parsed(watched), nowMs }, forecasts.archive),
    });
    return async () => {
      await task.run(rig.clock.nowMs(), signal);
      return (await books.alerts.list({ limit: 10 })).map(({ subject, evidence }) => ({ subject, evidence }));
    };
  }
  /** One attempt that costs a dollar; a month of the file costs some seventy. */
  const dollar: Pick<Attempt, 'lines' | 'cost'> = {
    cost: usd('1'),
    lines: [
      { line: 'inference', bucket: 'output', unit: 'tokens', quantity: 1, rate: 1_000_000_000_000n, cost: usd('1') },
    ],
  };

  test('above: told as soon as the cost passed the upper end, before the month is over, and once', async () => {
    await look(watched);
    const evaluate = alerts();
    rig.clock.advance(25 * dayMs);
    expect(await evaluate()).toEqual([]);
    await rig.ran(april, 200, dollar);
    rig.clock.advance(2 * hourMs);
    const [alert, ...others] = await evaluate();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      subject: { scenario: 'expected', month: '2026-04' },
      evidence: { drivenBy: 'inference' },
    });
    expect(Number(alert!.evidence.factUsd)).toBeGreaterThan(Number(alert!.evidence.highUsd));
    rig.clock.advance(3 * dayMs);
    expect(await evaluate()).toHaveLength(1);
  });

  test('below: told when the month is over', async () => {
    await look(watched);
    const evaluate = alerts();
    rig.clock.advance(34 * dayMs);
    expect(await evaluate()).toEqual([]);
    rig.clock.advance(2 * dayMs);
    expect(await evaluate()).toMatchObject([{ subject: { month: '2026-04' }, evidence: { factUsd: '0' } }]);
  });

  test('nothing is told of a month the forecast did not see begin', async () => {
    rig.clock.advance(15 * dayMs);
    await look(watched);
    const evaluate = alerts();
    rig.clock.advance(21 * dayMs);
    expect(await evaluate()).toEqual([]);
  });
});
