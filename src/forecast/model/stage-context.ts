import type { Config, Workflow } from '../../config/index.ts';
import type { ModelBuilder } from './number.ts';
import type { PersonRates } from './people.ts';
import { type ModelUse, splitModel } from './rates.ts';

/** Where a key stands in the file. */
export type Path = readonly string[];

/** What compiling a stage needs of the whole. */
export interface StageContext {
  readonly config: Config;
  readonly workflow: Workflow;
  readonly people: PersonRates;
  readonly uses: ModelUse[];
  readonly builder: ModelBuilder;
}

/** Notes that a model is asked for, and answers with the index its rates will have. */
export function addUse(
  name: string,
  path: Path,
  tier: string,
  shape: ModelUse['shape'],
  needs: ModelUse['needs'],
  { uses }: StageContext,
): number {
  uses.push({ ...splitModel(name), tier, shape, path, needs });
  return uses.length - 1;
}
