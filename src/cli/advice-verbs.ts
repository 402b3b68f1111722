import type { Command } from 'commander';
import { acceptAdvice, listAdvice } from './advice.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { fromOption, instanceGroup, toOption } from './verb-options.ts';

/** `burnrate advice list|accept`. */
export function addAdviceVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const group = instanceGroup(program, 'advice', 'which change saves how much, measured on recorded history');
  const verb = (words: string, description: string): Command =>
    group(words, description)
      .option(...fromOption)
      .option(...toOption);
  verb('list', 'changes that are sure to save, the largest first').action(async (options) =>
    done(await listAdvice(effects, options)),
  );
  verb('accept', 'show the exact change of the file, and make it with --write')
    .argument('<id>', 'as `advice list` shows it, of the same range')
    .option('--write', 'change the file')
    .action(async (id, options) => done(await acceptAdvice(effects, id, options)));
}
