import { lineKinds } from '../../tree/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { type ChangeModel, factorNames } from '../model/changes.ts';
import type { Draws } from './draws.ts';
import { sampleWorkflow, type WorkflowSample } from './workflow-sample.ts';

/** Dollars per run, by trial: what moves with list prices, and what does not. Null: nothing. */
export interface Split {
  listed: Float64Array | null;
  other: Float64Array | null;
}

/** A sample with its lines added up in every way a run needs. */
export interface GroupedSample {
  readonly sample: WorkflowSample;
  readonly all: Split;
  readonly metered: Split;
  /** By index of `lineKinds`. */
  readonly byLine: readonly Split[];
  /** By stage, the workflow's own first. */
  readonly byNode: readonly Split[];
  /** Mean of a run's cost, what belongs to stages only. */
  readonly stageUsd: Float64Array;
}

export interface SampleRequest {
  readonly workflow: number;
  readonly epoch: number;
  readonly changes: readonly ChangeModel[];
  /** The stress whose newcomers are meant, when they are. */
  readonly newcomers: ChangeModel | null;
}

/** Samples by what makes them differ: scenarios that change traffic alone share theirs. */
export interface SampleStore {
  of(request: SampleRequest): GroupedSample;
}

export function sampleStore(model: ForecastModel, draws: Draws): SampleStore {
  const made = new Map<string, GroupedSample>();
  return {
    of(request) {
      const key = signature(model, request);
      const known = made.get(key);
      if (known) return known;
      const sample = groupSample(makeSample(model, draws, request), draws.trials);
      made.set(key, sample);
      return sample;
    },
  };
}

function makeSample(model: ForecastModel, draws: Draws, request: SampleRequest): WorkflowSample {
  const workflow = model.workflows[request.workflow] as ForecastModel['workflows'][number];
  const spike = request.newcomers?.spike;
  return sampleWorkflow(workflow, {
    model,
    columns: draws.columns,
    trials: draws.trials,
    changes: request.changes,
    rates: model.epochs[request.epoch]?.rates ?? [],
    ...(spike ? { interactionsPerSession: spike.interactionsPerUser } : {}),
  });
}

function signature(model: ForecastModel, { workflow, epoch, changes, newcomers }: SampleRequest): string {
  const name = model.workflows[workflow]?.name ?? '';
  const said = changes.flatMap((change) => {
    if (change.workflows && !change.workflows.includes(name)) return [];
    const changed = factorNames.filter((factor) => factor !== 'traffic' && !isOne(change.factors[factor]));
    return [
      ...changed.map((factor) => `${factor} ${change.factors[factor].column} ${change.factors[factor].constant}`),
      ...(change.plans ? [`plans of ${change.name}`] : []),
    ];
  });
  return [workflow, epoch, newcomers?.name ?? '', ...said].join('|');
}

const isOne = ({ column, constant }: { column: number; constant: number }): boolean => column < 0 && constant === 1;

const lineIndex = new Map(lineKinds.map((line, index) => [line, index]));

function groupSample(sample: WorkflowSample, trials: number): GroupedSample {
  const split = (): Split => ({ listed: null, other: null });
  const grouped = {
    sample,
    all: split(),
    metered: split(),
    byLine: lineKinds.map(split),
    byNode: [-1, ...sample.workflow.stages.keys()].map(split),
    stageUsd: new Float64Array(trials),
  };
  for (const line of sample.lines) {
    const key = line.listed ? 'listed' : 'other';
    const into = [grouped.all, grouped.byLine[lineIndex.get(line.line) ?? 0], grouped.byNode[line.stage + 1]];
    for (const group of line.metered ? [...into, grouped.metered] : into) {
      if (group) group[key] = added(group[key], line.usdPerRun);
    }
    if (line.stage >= 0 && line.line !== 'quality') added(grouped.stageUsd, line.usdPerRun);
  }
  return grouped;
}

function added(sum: Float64Array | null, part: Float64Array): Float64Array {
  if (sum === null) return part.slice();
  for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (part[t] as number);
  return sum;
}
