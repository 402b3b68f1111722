import { type Command, Option } from 'commander';
import { trialsMax } from '../forecast/index.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { forecastVerb } from './forecast.ts';
import { seedMax } from './forecast-model.ts';
import { init, patternNames } from './init.ts';
import { many, share, wholeNumber } from './option-values.ts';
import { askingInstance, jsonOption } from './verb-options.ts';

const asksForMeasured =
  'the running instance asked for `measured` numbers; BURNRATE_URL or the configured address when absent';

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
  askingInstance(
    program.command('forecast').description('what the file will cost: scenarios, stresses, lines, drivers, budgets'),
    asksForMeasured,
  )
    .option('--months <n>', 'months looked ahead', wholeNumber(1, 60))
    .option('--trials <n>', 'simulated futures', wholeNumber(100, trialsMax))
    .option('--seed <n>', 'seed of the simulation', wholeNumber(0, seedMax))
    .option('--stress <names...>', 'only these stresses')
    .option('--html <file>', 'also write a report that can be printed')
    .action(async (options) => done(await forecastVerb(effects, options)));
  askingInstance(
    program
      .command('compare')
      .description('providers, models and self-hosting on the same workload, per successful outcome'),
    asksForMeasured,
  )
    .option('--replace <pairs...>', 'provider/model=provider/model, each an alternative')
    .option(
      '--context <tokens...>',
      'what cutting retrieved context to so many tokens saves',
      many(wholeNumber(0, 10_000_000)),
    )
    .option('--trials <n>', 'simulated futures', wholeNumber(100, trialsMax))
    .option('--seed <n>', 'seed of the simulation', wholeNumber(0, seedMax))
    .action(async (options) => done(await compare(effects, options)));
  askingInstance(
    program.command('check').description('cost per outcome before and after a change of the file, for CI'),
    asksForMeasured,
  )
    .requiredOption('--base <file-or-ref>', 'the file before, or a commit, branch or tag that has it')
    .option('--max-increase <share>', 'largest increase that passes, like 5%', share)
    .option('--markdown', 'print Markdown for a pull request')
    .action(async (options) => done(await check(effects, options)));
}
