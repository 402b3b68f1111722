import { resolve } from 'node:path';
import { BurnrateError } from '../base/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';

/** Products to start from; each is a file of `patterns/`. */
export const patternNames = [
  'support-bot',
  'sales-assistant',
  'it-operations',
  'report-drafting',
  'rag-search',
] as const;
export type PatternName = (typeof patternNames)[number];

export interface InitVerbOptions {
  readonly pattern: PatternName;
  readonly config?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `burnrate init`: writes a commented burnrate.yaml that can be forecast at once. */
export async function init(effects: Effects, options: InitVerbOptions): Promise<ExitCode> {
  const file = resolve(effects.workingFolder, options.config ?? 'burnrate.yaml');
  if (effects.exists(file) && options.force !== true) {
    throw new BurnrateError('already_exists', { message: `${file} is there already; --force writes over it` });
  }
  await effects.writeText(file, await effects.readPattern(options.pattern));
  print(effects, options.json === true, { file, pattern: options.pattern }, () =>
    [`Wrote ${file} (${options.pattern}).`, 'Next: `burnrate forecast`, then put in your own figures.'].join('\n'),
  );
  return exitCodes.fine;
}
