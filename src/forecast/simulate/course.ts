import type { ForecastModel } from '../model/build-model.ts';
import { type Slice, slicesOf, weightedDays } from '../model/calendar.ts';
import type { ChangeModel } from '../model/changes.ts';
import { type Columns, read } from '../model/number.ts';
import type { Draws } from './draws.ts';
import type { GroupedSample, SampleStore } from './sample-store.ts';
import { meanOf } from './statistics.ts';
import type { WorkflowSample } from './workflow-sample.ts';

const monthsPerYear = 12;
const hoursPerDay = 24;

/** A sample and for how many days of its traffic it holds, by trial. */
export interface Stretch {
  readonly sample: GroupedSample;
  readonly days: (trial: number) => number;
}

/** What holds when: stretches of time under one set of prices and changes, growth, and the traffic of each workflow. */
export class Course {
  readonly #slices: readonly Slice[];
  readonly #model: ForecastModel;
  readonly #columns: Columns;
  readonly #trials: number;
  readonly #changes: readonly ChangeModel[];
  readonly #samples: SampleStore;
  readonly #traffic = new Map<string, Float64Array>();
  readonly #growth: readonly Float64Array[];
  readonly #drift: ChangeModel['priceChangePerYear'] | null;

  constructor(model: ForecastModel, draws: Draws, changes: readonly ChangeModel[], samples: SampleStore) {
    this.#model = model;
    this.#columns = draws.columns;
    this.#trials = draws.trials;
    this.#changes = changes;
    this.#samples = samples;
    this.#slices = this.#cut();
    this.#growth = model.workflows.map(() => new Float64Array(draws.trials).fill(1));
    const drift = changes[0]?.priceChangePerYear;
    this.#drift = drift && (drift.column >= 0 || drift.constant !== 0) ? drift : null;
  }

  #cut(): Slice[] {
    const { months, epochs } = this.#model;
    const stress = this.#changes[1];
    const cuts = [...epochs.map(({ fromMs }) => fromMs), ...(stress ? [stress.fromMs, stress.untilMs] : [])];
    const epochOf = (atMs: number): number =>
      Math.max(
        0,
        epochs.findLastIndex(({ fromMs }) => fromMs <= atMs),
      );
    return slicesOf(months, cuts, epochOf, (atMs) => !!stress && atMs >= stress.fromMs && atMs < stress.untilMs);
  }

  /** The stretches of a workflow's month in order, newcomers of a spike after the stretch they come in. */
  stretches(workflow: number, month: number): Stretch[] {
    const settings = this.#model.workflows[workflow] as ForecastModel['workflows'][number];
    const growth = this.#growth[workflow] as Float64Array;
    return this.#slices.flatMap((slice) => {
      if (slice.month !== month) return [];
      const sample = this.#sample(workflow, slice.epoch, slice.stressed, false);
      const days = this.#daysOf(settings.traffic, slice);
      const traffic = this.#trafficOf(workflow, slice.stressed);
      const usual = (trial: number): number => (growth[trial] as number) * (traffic[trial] as number) * days(trial);
      const spike = this.#spike(workflow, slice);
      return spike ? [{ sample, days: usual }, spike] : [{ sample, days: usual }];
    });
  }

  #sample(workflow: number, epoch: number, stressed: boolean, spike: boolean): GroupedSample {
    const changes = stressed ? this.#changes : this.#changes.slice(0, 1);
    return this.#samples.of({ workflow, epoch, changes, newcomers: spike ? (this.#changes[1] ?? null) : null });
  }

  /** The factor on traffic, by trial. */
  #trafficOf(workflow: number, stressed: boolean): Float64Array {
    const key = `${workflow} ${stressed}`;
    const known = this.#traffic.get(key);
    if (known) return known;
    const name = this.#nameOf(workflow);
    const changes = (stressed ? this.#changes : this.#changes.slice(0, 1)).filter(
      ({ workflows }) => workflows === null || workflows.includes(name),
    );
    const factor = new Float64Array(this.#trials).fill(1);
    for (const { factors } of changes) {
      for (let t = 0; t < factor.length; t++)
        factor[t] = (factor[t] as number) * read(factors.traffic, this.#columns, t);
    }
    this.#traffic.set(key, factor);
    return factor;
  }

  /** Compounds a workflow's traffic by one month. */
  grow(workflow: number): void {
    const growth = this.#growth[workflow] as Float64Array;
    const own = this.#model.workflows[workflow]?.traffic.growthPerMonth;
    const rate = this.#changes[0]?.growthPerMonth ?? own;
    if (!rate) return;
    for (let t = 0; t < this.#trials; t++) growth[t] = (growth[t] as number) * (1 + read(rate, this.#columns, t));
  }

  #daysOf(traffic: ForecastModel['workflows'][number]['traffic'], slice: Slice): (trial: number) => number {
    const month = this.#model.months[slice.month];
    const { dayOfWeek, monthOfYear, activeDaysPerMonth } = traffic;
    const days = weightedDays(slice.fromMs, slice.days, month?.monthOfYear ?? 0, dayOfWeek, monthOfYear);
    if (!activeDaysPerMonth) return () => days;
    const calendar = month?.days ?? 30;
    return (trial) => (days * read(activeDaysPerMonth, this.#columns, trial)) / calendar;
  }

  /** Newcomers come evenly over the hours of the spike; each workflow has its share of them. */
  #spike(workflow: number, slice: Slice): Stretch | null {
    const stress = this.#changes[1];
    if (!stress?.spike) return null;
    const { spike, fromMs } = stress;
    const hours = overlapHours(slice, fromMs, fromMs + spike.hours * 3_600_000);
    if (hours <= 0 || (stress.workflows && !stress.workflows.includes(this.#nameOf(workflow)))) return null;
    const sample = this.#sample(workflow, slice.epoch, slice.stressed, true);
    const share = this.#spikeShare(workflow, stress);
    const usual = sample.sample.interactionsPerDay;
    const perHour = (trial: number): number =>
      (read(spike.newUsers, this.#columns, trial) * read(spike.interactionsPerUser, this.#columns, trial)) /
      spike.hours;
    const days = (trial: number): number => {
      const each = usual[trial] as number;
      return each > 0 ? (perHour(trial) * hours * share) / each : 0;
    };
    return { sample, days };
  }

  #nameOf = (workflow: number): string => this.#model.workflows[workflow]?.name ?? '';

  #spikeShare(workflow: number, stress: ChangeModel): number {
    const touched = this.#model.workflows.flatMap(({ name }, index) =>
      stress.workflows && !stress.workflows.includes(name) ? [] : [index],
    );
    const usual = touched.map((index) => meanOf(this.#sample(index, 0, false, false).sample.interactionsPerDay));
    const sum = usual.reduce((total, each) => total + each, 0);
    return sum > 0 ? (usual[touched.indexOf(workflow)] ?? 0) / sum : 0;
  }

  /** The factor of a year's price drift at a month, by trial; null when prices stay. */
  drift(month: number): Float64Array | null {
    const drift = this.#drift;
    if (!drift) return null;
    const scale = new Float64Array(this.#trials);
    for (let t = 0; t < scale.length; t++) scale[t] = (1 + read(drift, this.#columns, t)) ** (month / monthsPerYear);
    return scale;
  }

  /** Share of a month's days in which the stress holds. */
  stressedShare(month: number): number {
    const days = this.#slices.reduce(
      (sum, slice) => sum + (slice.month === month && slice.stressed ? slice.days : 0),
      0,
    );
    return days / (this.#model.months[month]?.days ?? 1);
  }

  /** The sample in force at the start. */
  firstSample(workflow: number): WorkflowSample {
    return this.#sample(workflow, this.#slices[0]?.epoch ?? 0, this.#startsStressed(), false).sample;
  }

  firstTraffic(workflow: number): Float64Array {
    return this.#trafficOf(workflow, this.#startsStressed());
  }

  #startsStressed = (): boolean => this.#slices[0]?.stressed ?? false;
}

function overlapHours(slice: Slice, fromMs: number, untilMs: number): number {
  const endMs = slice.fromMs + slice.days * hoursPerDay * 3_600_000;
  return Math.max(0, Math.min(endMs, untilMs) - Math.max(slice.fromMs, fromMs)) / 3_600_000;
}
