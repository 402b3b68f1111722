import type { Command } from 'commander';
import { acceptAdvice, listAdvice } from './advice.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';

const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
const jsonOption = ['--json', 'print JSON'] as const;
const urlOption = ['--url <url>', 'the running instance; BURNRATE_URL or the configured address when absent'] as const;
const fromOption = ['--from <time>', 'start, RFC 3339; 24 hours before the end when absent'] as const;
const toOption = ['--to <time>', 'end, RFC 3339; now when absent'] as const;

/** `burnrate advice list|accept`. */
export function addAdviceVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const advice = program.command('advice').description('which change saves how much, measured on recorded history');
  const verb = (words: string, description: string): Command =>
    advice
      .command(words)
      .description(description)
      .option(...fromOption)
      .option(...toOption)
      .option(...urlOption)
      .option(...configOption)
      .option(...jsonOption);
  verb('list', 'changes that are sure to save, the largest first').action(async (options) =>
    done(await listAdvice(effects, options)),
  );
  verb('accept', 'show the exact change of the file, and make it with --write')
    .argument('<id>', 'as `advice list` shows it, of the same range')
    .option('--write', 'change the file')
    .action(async (id, options) => done(await acceptAdvice(effects, id, options)));
}
