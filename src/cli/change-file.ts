import { BurnrateError } from '../base/index.ts';
import { type ConfigEdit, checkConfig, editConfig, formatProblem } from '../config/index.ts';
import type { Effects } from './effects.ts';
import { unifiedDiff } from './unified-diff.ts';
import { withoutSecrets } from './without-secrets.ts';

/** A change of the configuration to look at. */
export interface FileChange {
  /** Unified; empty when the file says so already. */
  readonly diff: string;
  readonly written: boolean;
}

/**
 * Works out what the edits change in the file, and changes it with `write`. What the loader would refuse is never written.
 * @throws BurnrateError CONFIG_INVALID when the file would not be valid any more
 */
export async function changeFile(
  effects: Effects,
  file: string,
  edits: readonly ConfigEdit[],
  write: boolean,
): Promise<FileChange> {
  const before = await effects.readText(file);
  const after = editConfig(before, edits);
  const result = checkConfig(after, { file, environment: withoutSecrets(after, effects.environment) });
  if (!result.ok) {
    const [first] = result.problems;
    const problem = first ? formatProblem(first) : 'unknown';
    throw new BurnrateError('CONFIG_INVALID', { message: `the change does not fit the file: ${problem}` });
  }
  const written = write && after !== before;
  if (written) await effects.writeText(file, after);
  return { diff: unifiedDiff(before, after, file), written };
}

/** The change for people, and whether it was made. @param next what to do once it is written */
export function changeLines({ diff, written }: FileChange, next: string): string[] {
  if (diff === '') return ['The file says so already.'];
  return [diff, '', written ? `Written${next}.` : 'Nothing was written; --write applies the change.'];
}
