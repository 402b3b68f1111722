import { BurnrateError } from '../base/index.ts';

/** One thing wrong with the file. Nothing in it comes from the environment. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Dotted, like `workflows.support-assistant.stages.answer.output`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what was expected. */
  readonly message: string;
}

export function formatProblem(problem: ConfigProblem): string {
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  return `${problem.file}:${problem.line}:${problem.column}${path} ${problem.message}`;
}

/** CONFIG_INVALID with every problem of the file, in the file's order. */
export class ConfigError extends BurnrateError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('CONFIG_INVALID', {
      message: problems.map(formatProblem).join('\n'),
      facts: { problems: problems.length, first: problems[0] ? formatProblem(problems[0]) : '' },
    });
    this.problems = problems;
  }
}
