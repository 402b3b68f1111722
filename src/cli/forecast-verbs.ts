import { type Command, InvalidArgumentError, Option } from 'commander';
import { trialsMax } from '../forecast/index.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { forecastVerb } from './forecast.ts';
import { init, patternNames } from './init.ts';

const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
const urlOption = [
  '--url <url>',
  'the running instance asked for `measured` numbers; BURNRATE_URL or the configured address when absent',
] as const;
const jsonOption = ['--json', 'print JSON'] as const;
const seedMax = 4_294_967_295;

/** Verbs that work on the file alone: `init`, `forecast`, `compare`, `check`. */
export function addForecastVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  program
    .command('init')
    .description('write a commented burnrate.yaml to start from')
    .addOption(new Option('--pattern <name>', 'kind of product').choices(patternNames).default('support-bot'))
    .option('--force', 'write over a file that is there')
    .option('--config <file>', 'where to write; burnrate.yaml here when absent')
    .option(...jsonOption)
    .action(async (options) => done(await init(effects, options)));
  program
    .command('forecast')
    .description('what the file will cost: scenarios, stresses, lines, drivers, budgets')
    .option('--months <n>', 'months looked ahead', whole(1, 60))
    .option('--trials <n>', 'simulated futures', whole(100, trialsMax))
    .option('--seed <n>', 'seed of the simulation', whole(0, seedMax))
    .option('--stress <names...>', 'only these stresses')
    .option('--html <file>', 'also write a report that can be printed')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await forecastVerb(effects, options)));
  program
    .command('compare')
    .description('providers, models and self-hosting on the same workload, per successful outcome')
    .option('--replace <pairs...>', 'provider/model=provider/model, each an alternative')
    .option(
      '--context <tokens...>',
      'what cutting retrieved context to so many tokens saves',
      many(whole(0, 10_000_000)),
    )
    .option('--trials <n>', 'simulated futures', whole(100, trialsMax))
    .option('--seed <n>', 'seed of the simulation', whole(0, seedMax))
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await compare(effects, options)));
  program
    .command('check')
    .description('cost per outcome before and after a change of the file, for CI')
    .requiredOption('--base <file-or-ref>', 'the file before, or a commit, branch or tag that has it')
    .option('--max-increase <share>', 'largest increase that passes, like 5%', increase)
    .option('--markdown', 'print Markdown for a pull request')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await check(effects, options)));
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function many(
  one: (text: string) => number,
): (text: string, before: readonly number[] | undefined) => readonly number[] {
  return (text, before) => [...(before ?? []), one(text)];
}

function increase(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a share like 5% or 0.05.');
}
