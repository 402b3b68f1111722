import type { ConfigProblem } from './problem.ts';
import { locate, type Path, parseSource } from './source.ts';

/** Something another room found wrong at a path of the file. */
export interface PathProblem {
  readonly path: Path;
  readonly message: string;
}

/** Gives problems found after loading the line they are about. @param text of the file the configuration was read from */
export function locateProblems(text: string, file: string, problems: readonly PathProblem[]): ConfigProblem[] {
  const source = parseSource(text);
  const placed = problems.map(({ path, message }): ConfigProblem => {
    const steps = path.map((step) => (/^\d+$/.test(String(step)) ? Number(step) : step));
    return { file, ...locate(source, steps), path: path.join('.'), message };
  });
  return placed.sort((a, b) => a.line - b.line || a.column - b.column);
}
