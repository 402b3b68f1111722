import { type Random, seededRandom } from '../../src/base/index.ts';
import { defaultConfig } from '../../src/config/index.ts';
import { type Alert, advance, alertWatcher, watchRules } from '../../src/economics/alerts/index.ts';
import { picosPerUsd } from '../../src/money/index.ts';
import type { BudgetDefinition } from '../../src/tree/index.ts';
import { dayMs, hourMs, type Incident, type Shape, SimulatedFacts, simulateSlot, slotMs } from './alert-traffic.ts';

/** 2026-03-02, a Monday. */
export const trialStartMs = Date.UTC(2026, 2, 2);
const weekMs = 7 * dayMs;

export interface TrialSettings {
  readonly seed: number;
  readonly shape: (atMs: number) => Shape;
  readonly quietWeeks: number;
  /** Each kind once, in this order; every kind when absent. */
  readonly kinds?: readonly string[];
  /** Looks are this far apart; a running instance looks every minute. */
  readonly lookMs: number;
  /** Nothing is looked at before, so that a short trial need not wait for a baseline. */
  readonly lookFromMs?: number;
}

export interface TriedIncident {
  readonly kind: string;
  readonly delayMs: number | null;
  /** Share of the month's budget that was spent while it lasted. */
  readonly budgetShare: number;
}

export interface Trial {
  readonly incidents: readonly TriedIncident[];
  readonly told: number;
  /** Told outside incidents, or of a kind that does not go with the incident. */
  readonly wrong: readonly Alert[];
  /** Told in the quiet weeks. */
  readonly quiet: number;
}

interface Kind extends Omit<Incident, 'name' | 'fromMs' | 'toMs'> {
  readonly hours: number;
}

const money = ['burn-rate', 'threshold'];

/** What goes wrong, as strongly as chance has it. */
const kinds: readonly ((random: Random) => Kind)[] = [
  (random) => ({ tells: ['token-spike'], beside: money, hours: 3, calls: between(3.5, 8, random) }),
  (random) => ({ tells: ['fallback-surge'], hours: 3, fallbackShare: between(0.1, 0.4, random) }),
  (random) => ({
    tells: ['retry-storm'],
    beside: ['token-spike', ...money],
    hours: 3,
    retryShare: between(0.2, 0.9, random),
  }),
  () => ({ tells: ['new-high-cost-route'], beside: ['price-jump', ...money], hours: 3, newRoute: true }),
  (random) => ({ tells: ['price-jump'], beside: money, hours: 3, price: between(1.25, 2.5, random) }),
  (random) => ({ tells: ['silent-meter'], hours: 3, absentShare: between(0.02, 0.3, random) }),
  (random) => ({ tells: ['cache-collapse'], beside: money, hours: 3, cacheShare: between(0, 0.12, random) }),
  (random) => ({
    tells: ['burn-rate'],
    beside: ['token-spike', 'threshold'],
    hours: 3,
    calls: between(14, 20, random),
  }),
  (random) => ({
    tells: ['prompt-growth'],
    beside: ['token-spike', ...money],
    hours: 30,
    input: between(1.5, 2.5, random),
  }),
  (random) => ({ tells: ['concentration'], hours: 30, heavyCustomer: between(0.55, 0.8, random) }),
];

const between = (low: number, high: number, random: Random) => low + (high - low) * random.next();

/** One incident after another, each over before the next and at any time of day. */
function plan({ seed, quietWeeks, kinds: wanted }: TrialSettings): Incident[] {
  const random = seededRandom(seed * 7_919 + 1);
  let atMs = trialStartMs + quietWeeks * weekMs;
  return kinds.flatMap((draw) => {
    const { hours, ...kind } = draw(random);
    if (wanted && !wanted.includes(kind.tells[0] ?? '')) return [];
    const fromMs = atMs + Math.floor(between(4, 20, random)) * hourMs;
    const toMs = fromMs + hours * hourMs;
    // A day's window must have forgotten an incident before the next begins.
    atMs = toMs + (hours > 24 ? 30 : 14) * hourMs;
    return [{ ...kind, name: kind.tells[0] ?? '', fromMs, toMs }];
  });
}

const definition: BudgetDefinition = {
  ...{ name: 'company', scope: {}, per: [], unit: 'usd', limit: 3_000n * picosPerUsd, hard: false, failOpen: false },
  ...{ brake: [], period: { kind: 'month', timeZone: 'UTC', rolling: false } },
};

function monthOf(atMs: number): { startMs: number; endMs: number } {
  const date = new Date(atMs);
  const at = (month: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + month, 1);
  return { startMs: at(0), endMs: at(1) };
}

/** Lets weeks pass in simulated time and notes what was told. */
export async function alertTrial(settings: TrialSettings): Promise<Trial> {
  const planned = plan(settings);
  const facts = new SimulatedFacts();
  const random = seededRandom(settings.seed);
  const watch = alertWatcher(facts);
  const rules = watchRules(defaultConfig({}));
  const endMs = (planned.at(-1)?.toMs ?? trialStartMs + settings.quietWeeks * weekMs) + dayMs;
  let current: Alert[] = [];
  const fired: Alert[] = [];
  const spent = planned.map(() => 0n);
  for (let atMs = trialStartMs; atMs < endMs; atMs += slotMs) {
    const rows = simulateSlot(atMs, settings.shape(atMs), random, planned);
    facts.add(atMs, rows);
    for (const [index, { fromMs, toMs }] of planned.entries()) {
      if (atMs >= fromMs && atMs < toMs) spent[index] = (spent[index] ?? 0n) + spentIn(rows);
    }
    const nowMs = atMs + slotMs;
    if (nowMs % settings.lookMs !== 0 || nowMs < (settings.lookFromMs ?? 0)) continue;
    const findings = await watch(
      { rules, budgets: [{ definition, period: monthOf(nowMs - 1) }], allowances: [], standings: [] },
      nowMs,
    );
    const { changed, tell } = advance(current, findings, nowMs, () => `alert-${fired.length}`);
    current = [...new Map([...current, ...changed].map((alert) => [alert.key, alert])).values()];
    fired.push(...tell.filter(({ change }) => change === 'fired').map(({ alert }) => alert));
  }
  const shares = spent.map((picos) => Number(picos) / Number(definition.limit));
  return judged(planned, shares, fired, trialStartMs + settings.quietWeeks * weekMs);
}

/** Rows by customer hold the same money again. */
const spentIn = (rows: ReturnType<typeof simulateSlot>): bigint =>
  rows.reduce((sum, { dimensions, picos }) => ('customer' in dimensions ? sum : sum + picos), 0n);

function judged(
  planned: readonly Incident[],
  shares: readonly number[],
  fired: readonly Alert[],
  quietToMs: number,
): Trial {
  // Thresholds of a budget are passed in any month.
  const told = fired.filter((alert) => alert.kind !== 'threshold');
  const during = (alert: Alert, { fromMs, toMs }: Incident) =>
    alert.startedAtMs > fromMs && alert.startedAtMs <= toMs + hourMs;
  const belongs = (alert: Alert, incident: Incident) =>
    during(alert, incident) && [...incident.tells, ...(incident.beside ?? [])].includes(alert.kind);
  return {
    incidents: planned.map((incident, index) => {
      const first = told.find((alert) => during(alert, incident) && incident.tells.includes(alert.kind));
      const delayMs = first ? first.startedAtMs - incident.fromMs : null;
      return { kind: incident.name, delayMs, budgetShare: shares[index] ?? 0 };
    }),
    told: told.length,
    wrong: told.filter((alert) => !planned.some((incident) => belongs(alert, incident))),
    quiet: told.filter((alert) => alert.startedAtMs < quietToMs).length,
  };
}
