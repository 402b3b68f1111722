import type { Command } from 'commander';

export const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
export const jsonOption = ['--json', 'print JSON'] as const;
export const fromOption = ['--from <time>', 'start, RFC 3339; 24 hours before the end when absent'] as const;
export const toOption = ['--to <time>', 'end, RFC 3339; now when absent'] as const;

const instanceMeant = 'the running instance; BURNRATE_URL or the configured address when absent';

/** The options of every verb that asks a running instance. @param meant what `--url` names, where it is more than that */
export function askingInstance(verb: Command, meant: string = instanceMeant): Command {
  return verb
    .option('--url <url>', meant)
    .option(...configOption)
    .option(...jsonOption);
}

/** Makes the verbs of a group that all ask a running instance, like `budgets list`. */
export function instanceGroup(
  program: Command,
  name: string,
  description: string,
): (words: string, description: string) => Command {
  const group = program.command(name).description(description);
  return (words, what) => askingInstance(group.command(words).description(what));
}
