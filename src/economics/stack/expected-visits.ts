import type { Workflow } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';

/** Steps after which a run that may go round for ever is taken to have ended. */
const stepsMax = 1_000;

/** How often a run reaches each stage, from the mean probabilities of `next`: the visits of a Markov chain from `start`. */
export function expectedVisits({ start, stages }: Pick<Workflow, 'start' | 'stages'>): ReadonlyMap<string, number> {
  const visits = new Map<string, number>();
  let reached = new Map([[start, 1]]);
  for (let step = 0; step < stepsMax && total(reached) > 1e-9; step++) {
    const following = new Map<string, number>();
    for (const [stage, probability] of reached) {
      visits.set(stage, (visits.get(stage) ?? 0) + probability);
      for (const [name, share] of Object.entries(stages[stage]?.next ?? {})) {
        if (name in stages)
          following.set(name, (following.get(name) ?? 0) + probability * (meanOfQuantity(share) ?? 0));
      }
    }
    reached = following;
  }
  return visits;
}

function total(reached: ReadonlyMap<string, number>): number {
  return [...reached.values()].reduce((sum, probability) => sum + probability, 0);
}
