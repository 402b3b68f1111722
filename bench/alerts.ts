/**
 * How well alerts tell incidents from ordinary traffic: `npx tsx bench/alerts.ts [seed]`. Weeks of traffic in the shape
 * of a recorded week (../shared/workloads/servegen-m-large-10min.csv; a plain week where it is not there) pass in
 * simulated time, ten minutes a look; incidents are put into later weeks. Prints precision, recall and delay.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../src/base/index.ts';
import { defaultConfig } from '../src/config/index.ts';
import { type Alert, advance, alertWatcher, watchRules } from '../src/economics/index.ts';
import { picosPerUsd } from '../src/money/index.ts';
import type { BudgetDefinition } from '../src/tree/index.ts';
import {
  dayMs,
  hourMs,
  type Incident,
  plainShape,
  type Shape,
  SimulatedFacts,
  simulateSlot,
  slotMs,
} from '../test/cases/alert-traffic.ts';

const seed = Number(process.argv[2] ?? 1);
const weekMs = 7 * dayMs;
/** 2026-03-02, a Monday. */
const startMs = Date.UTC(2026, 2, 2);
const quietWeeks = 4;
const incidentWeeks = 2;
/** Looks are this far apart here; a running instance looks every minute. */
const lookMs = 2 * slotMs;
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
    const row = rows[Math.floor(((atMs - startMs) % weekMs) / (10 * 60_000)) % rows.length] ?? [];
    return { calls: (50 * (row[1] ?? mean)) / mean, inputTokens: row[2] || 900, outputTokens: row[3] || 250 };
  };
}

/** One incident every 31 hours, so that they fall on every time of day and are over before the next. */
function incidents(): Incident[] {
  const kinds: readonly Omit<Incident, 'fromMs' | 'toMs' | 'name'>[] = [
    { tells: ['token-spike'], beside: ['burn-rate'], calls: 5 },
    { tells: ['fallback-surge'], fallbackShare: 0.3 },
    { tells: ['retry-storm'], beside: ['token-spike', 'burn-rate'], retryShare: 0.8 },
    { tells: ['new-high-cost-route'], beside: ['burn-rate', 'price-jump'], newRoute: true },
    { tells: ['price-jump'], beside: ['burn-rate'], price: 1.8 },
    { tells: ['silent-meter'], absentShare: 0.2 },
    { tells: ['burn-rate'], beside: ['token-spike', 'price-jump', 'prompt-growth', 'threshold'], calls: 12 },
  ];
  const first = startMs + quietWeeks * weekMs + 5 * hourMs;
  const count = Math.floor((incidentWeeks * weekMs) / (31 * hourMs)) - 1;
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] as (typeof kinds)[number];
    const fromMs = first + index * 31 * hourMs;
    return {
      ...kind,
      name: `${kind.tells[0]} ${Math.floor(index / kinds.length) + 1}`,
      fromMs,
      toMs: fromMs + 3 * hourMs,
    };
  });
}

const budget = {
  definition: {
    ...{
      name: 'company',
      scope: {},
      per: [],
      unit: 'usd',
      limit: 4_000n * picosPerUsd,
      hard: false,
      failOpen: false,
      brake: [],
    },
    period: { kind: 'month', timeZone: 'UTC', rolling: false },
  },
} satisfies { definition: BudgetDefinition };

function monthOf(atMs: number): { startMs: number; endMs: number } {
  const date = new Date(atMs);
  const at = (month: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + month, 1);
  return { startMs: at(0), endMs: at(1) };
}

const random = seededRandom(seed);
const shape = recordedShape();
const planned = incidents();
const facts = new SimulatedFacts();
const watch = alertWatcher(facts);
const rules = watchRules(defaultConfig({}));
const endMs = startMs + (quietWeeks + incidentWeeks) * weekMs;
let current: Alert[] = [];
let ids = 0;
const fired: Alert[] = [];
for (let atMs = startMs; atMs < endMs; atMs += slotMs) {
  facts.add(atMs, simulateSlot(atMs, shape(atMs), random, planned));
  const nowMs = atMs + slotMs;
  if (nowMs % lookMs !== 0) continue;
  const findings = await watch({ rules, budgets: [{ ...budget, period: monthOf(nowMs - 1) }], allowances: [], standings: [] }, nowMs);
  const { changed, tell } = advance(current, findings, nowMs, () => `alert-${ids++}`);
  const byKey = new Map([...current, ...changed].map((alert) => [alert.key, alert]));
  current = [...byKey.values()];
  fired.push(...tell.filter(({ change }) => change === 'fired').map(({ alert }) => alert));
}

const belongs = (alert: Alert, incident: Incident) =>
  alert.startedAtMs > incident.fromMs &&
  alert.startedAtMs <= incident.toMs + hourMs &&
  [...incident.tells, ...(incident.beside ?? [])].includes(alert.kind);
const told = fired.filter((alert) => alert.kind !== 'threshold');
const inIncidents = told.filter((alert) => planned.some((incident) => belongs(alert, incident)));
const quiet = told.filter((alert) => alert.startedAtMs < startMs + quietWeeks * weekMs);
const warmUp = quiet.filter((alert) => alert.startedAtMs < startMs + weekMs);
const delays = planned.map((incident) => {
  const first = told.find((alert) => belongs(alert, incident) && incident.tells.includes(alert.kind));
  return { incident, delayMs: first ? first.startedAtMs - incident.fromMs : null };
});
console.log(
  `seed ${seed}; ${quietWeeks} quiet weeks, ${incidentWeeks} with ${planned.length} incidents of three hours\n`,
);
console.log('| incident | times | found | delay, minutes (each) |\n| --- | --: | --: | --- |');
for (const kind of [...new Set(planned.map((incident) => incident.tells[0]))]) {
  const mine = delays.filter(({ incident }) => incident.tells[0] === kind);
  const found = mine.filter(({ delayMs }) => delayMs !== null);
  console.log(
    `| ${kind} | ${mine.length} | ${found.length} | ${found.map(({ delayMs }) => (delayMs ?? 0) / 60_000).join(', ')} |`,
  );
}
const recall = delays.filter(({ delayMs }) => delayMs !== null).length / planned.length;
console.log(
  `\nrecall ${recall.toFixed(3)}, precision ${(inIncidents.length / Math.max(1, told.length)).toFixed(3)} (${told.length} alerts)`,
);
console.log(`alerts in the quiet weeks: ${quiet.length}, of them in the first: ${warmUp.length}`);
for (const alert of told) {
  if (inIncidents.includes(alert)) continue;
  console.log(
    `- ${new Date(alert.startedAtMs).toISOString()} ${alert.kind} ${JSON.stringify(alert.subject)} ${alert.summary}`,
  );
}
