import type { WorkflowModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import { type Columns, read } from '../model/number.ts';
import { shareAbove } from '../normal.ts';
import { minutesPerHour } from './kernel-context.ts';
import { factorOf, type Walked, type WeightedSegment } from './stage-walk.ts';

const msPerSecond = 1000;
/** Impatience may at most make every run come many times; keeps a loop without end finite. */
const repeatMax = 0.95;

interface Waiting {
  repeated: number;
  abandoned: number;
  tickets: number;
}

/** Who waits longer than patience lasts; the whole wait is taken as lognormal with the stages' mean and variance (Fenton, 1960). */
export function impatienceOf({ impatience }: WorkflowModel, walked: Walked, columns: Columns, trial: number): Waiting {
  if (!impatience || walked.latencyMs <= 0) return { repeated: 0, abandoned: 0, tickets: 0 };
  const patienceMs = read(impatience.afterSeconds, columns, trial) * msPerSecond;
  const elasticity = read(impatience.elasticity, columns, trial);
  const over = walked.latencyMs / patienceMs;
  // Elasticity bends how fast patience ends as waiting passes it; 1 leaves the wait as it is.
  const felt = over > 1 ? walked.latencyMs * over ** (elasticity - 1) : walked.latencyMs;
  const late = shareAbove(felt, walked.latencyVariance / walked.latencyMs ** 2, patienceMs);
  return {
    repeated: Math.min(repeatMax, late * read(impatience.retry, columns, trial)),
    abandoned: late * read(impatience.abandon, columns, trial),
    tickets: late * read(impatience.ticket, columns, trial),
  };
}

/** Visits of people per run; where no stage sends anybody there, the rate the file states. */
export function escalated({ outcome, stages }: WorkflowModel, walked: Walked, columns: Columns, trial: number): number {
  if (stages.some(({ work }) => work.kind === 'human')) return walked.escalations;
  return read(outcome.escalationRate, columns, trial);
}

export function successOf(
  workflow: WorkflowModel,
  segments: readonly WeightedSegment[],
  walked: Walked,
  changes: readonly ChangeModel[],
  columns: Columns,
  trial: number,
): number {
  const { successRate } = workflow.outcome;
  const usual = successRate
    ? read(successRate, columns, trial)
    : Math.max(0, 1 - escalated(workflow, walked, columns, trial));
  let mean = 0;
  for (const { segment, weight } of segments) {
    mean += weight * (segment.successRate ? read(segment.successRate, columns, trial) : usual);
  }
  return Math.min(1, mean * factorOf(changes, 'successRate', columns, trial));
}

/** Dollars a success brings, and what conversions add per interaction. */
export interface Worth {
  valuePerSuccess: number;
  valuePerInteraction: number;
}

export function worthOf({ outcome }: WorkflowModel, columns: Columns, trial: number): Worth {
  const minutes = read(outcome.minutesSaved, columns, trial) * read(outcome.savedHourlyUsd, columns, trial);
  const stated = read(outcome.valueUsd, columns, trial);
  const lift = read(outcome.conversionLift, columns, trial) * read(outcome.revenuePerConversionUsd, columns, trial);
  // A stated value already holds what the minutes are worth.
  return { valuePerSuccess: stated > 0 ? stated : minutes / minutesPerHour, valuePerInteraction: lift };
}

/** Dollars and minutes per run beside the stages' own. */
export interface SideCosts {
  waiting: number;
  quality: number;
  handling: number;
  handlingMinutes: number;
}

/** Costs that follow from people, waiting and wrong actions, per run. */
export function sideCosts(
  workflow: WorkflowModel,
  walked: Walked,
  wait: Waiting,
  runsPerInteraction: number,
  columns: Columns,
  trial: number,
): SideCosts {
  const { outcome, impatience, stages } = workflow;
  const lost = impatience
    ? wait.abandoned * read(impatience.abandonUsd, columns, trial) +
      wait.tickets * read(impatience.ticketUsd, columns, trial)
    : 0;
  const staged = stages.some(({ work }) => work.kind === 'human');
  const extra = read(outcome.extraHandleMinutes, columns, trial);
  const handled = extra + (staged ? 0 : read(outcome.minutesSaved, columns, trial));
  const handlingMinutes = Math.min(1, escalated(workflow, walked, columns, trial)) * handled;
  const wrong = read(outcome.wrongActionRate, columns, trial) * read(outcome.wrongActionUsd, columns, trial);
  return {
    waiting: lost / Math.max(1, runsPerInteraction),
    quality: wrong,
    handling: (handlingMinutes * read(outcome.savedHourlyUsd, columns, trial)) / minutesPerHour,
    handlingMinutes,
  };
}
