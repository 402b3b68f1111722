import type { StageFallback } from '../../config/index.ts';
import type { Path, StageContext } from './stage-context.ts';
import type { Answerer, FallbackModel } from './stage-model.ts';

/** Minutes a person needs for a case that fell to them, where no stage of the same role says. */
const fallbackMinutes = 5;

export function compileFallback(
  step: StageFallback,
  path: Path,
  answerer: (name: string, at: Path) => Answerer,
  { workflow, people, builder }: StageContext,
): FallbackModel {
  if (typeof step === 'string') return { kind: 'model', ...answerer(step, path) };
  if ('template' in step) return { kind: 'template' };
  const role = step.human;
  const same = Object.entries(workflow.stages).find(([, { work }]) => work.kind === 'human' && work.role === role);
  const minutes = same?.[1].work.kind === 'human' ? same[1].work.minutes : undefined;
  if (minutes === undefined)
    builder.assumptions.add(`a case that falls back to ${role} takes ${fallbackMinutes} minutes`);
  return {
    kind: 'human',
    minutes: builder.number(minutes, [...path, 'minutes'], fallbackMinutes, { each: true }),
    hourlyUsd: people.hourlyUsd(role),
  };
}
