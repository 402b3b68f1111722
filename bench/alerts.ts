/**
 * How well alerts tell incidents from ordinary traffic: `npx tsx bench/alerts.ts [first seed] [last seed]`. Weeks of
 * traffic in the shape of a recorded week (../shared/workloads/servegen-m-large-10min.csv; a plain week where it is not
 * there) pass in simulated time, a look every ten minutes; incidents as strong as chance has it follow the quiet weeks.
 * Prints precision, recall and delay over all seeds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainShape, type Shape } from '../test/cases/alert-traffic.ts';
import { alertTrial, type Trial, trialStartMs } from '../test/cases/alert-trial.ts';

const weekMs = 7 * 86_400_000;
const minuteMs = 60_000;
const file = join(import.meta.dirname, '../../shared/workloads/servegen-m-large-10min.csv');

function recordedShape(): (atMs: number) => Shape {
  if (!existsSync(file)) return plainShape;
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const mean = rows.reduce((sum, row) => sum + (row[1] ?? 0), 0) / rows.length;
  return (atMs) => {
    const row = rows[Math.floor(((atMs - trialStartMs) % weekMs) / (10 * minuteMs)) % rows.length] ?? [];
    return { calls: (50 * (row[1] ?? mean)) / mean, inputTokens: row[2] || 900, outputTokens: row[3] || 250 };
  };
}

const first = Number(process.argv[2] ?? 101);
const last = Number(process.argv[3] ?? 140);
const quietWeeks = 3;
const shape = recordedShape();
const trials: Trial[] = [];
for (let seed = first; seed <= last; seed++) {
  const trial = await alertTrial({ seed, shape, quietWeeks, lookMs: 10 * minuteMs });
  trials.push(trial);
  for (const alert of trial.wrong) {
    console.error(`seed ${seed} ${new Date(alert.startedAtMs).toISOString()} ${alert.kind} ${alert.summary}`);
  }
  const delays = trial.incidents.map(({ kind, delayMs }) => `${kind} ${delayMs === null ? '-' : delayMs / minuteMs}`);
  console.error(
    `seed ${seed}: ${trial.told} told, ${trial.wrong.length} wrong, ${trial.quiet} quiet; ${delays.join(', ')}`,
  );
}

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil((values.length - 1) * share)] ?? Number.NaN;
/** What a pair of windows of a few hours is made for; less of the budget may be spent without a word. */
const burnt = 0.05;
const incidents = trials.flatMap((trial) =>
  trial.incidents.map(({ kind, delayMs, budgetShare }) => ({
    kind: kind === 'burn-rate' ? `${kind}, ${budgetShare < burnt ? 'under' : 'from'} 5 % of the budget` : kind,
    delayMs,
  })),
);
console.log(`seeds ${first} to ${last}: ${quietWeeks} quiet weeks each, then ${incidents.length} incidents in all\n`);
console.log('| incident | times | found | delay p50, min | p90, min |\n| --- | --: | --: | --: | --: |');
for (const kind of new Set(incidents.map((incident) => incident.kind))) {
  const own = incidents.filter((incident) => incident.kind === kind);
  const delays = own.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs / minuteMs]));
  console.log(`| ${kind} | ${own.length} | ${delays.length} | ${quantile(delays, 0.5)} | ${quantile(delays, 0.9)} |`);
}
const told = trials.reduce((sum, trial) => sum + trial.told, 0);
const wrong = trials.reduce((sum, trial) => sum + trial.wrong.length, 0);
const found = incidents.filter(({ delayMs }) => delayMs !== null).length;
console.log(
  `\nrecall ${(found / incidents.length).toFixed(3)}, precision ${((told - wrong) / told).toFixed(3)} (${told} alerts)`,
);
const quiet = trials.reduce((sum, trial) => sum + trial.quiet, 0);
console.log(`alerts in ${quietWeeks * trials.length} quiet weeks: ${quiet}`);
