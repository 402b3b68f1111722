import { type Command, Option } from 'commander';
import { traceFormats } from '../pilot/index.ts';
import { backtestVerb } from './backtest.ts';
import { calibrate } from './calibrate.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { wholeNumber } from './option-values.ts';
import { askingInstance, jsonOption } from './verb-options.ts';

const hoursAhead = wholeNumber(1, 8_760);

/** Verbs that ask recorded history what will be: `calibrate` and `backtest`. */
export function addSeriesVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  askingInstance(
    program
      .command('calibrate')
      .description('what a trace or the ledger says of the file, as a change of burnrate.yaml to review'),
  )
    .argument('[trace]', 'a trace file; the ledger of a running instance when absent')
    .addOption(new Option('--format <name>', 'format of the trace').choices(['auto', ...traceFormats]).default('auto'))
    .option('--from <time>', 'start: RFC 3339; for a trace also days or hours from its first record, like 2d')
    .option('--to <time>', 'end, likewise')
    .option('--workflow <name>', 'workflow to calibrate; the only one when absent')
    .option('--stage <name>', 'stage to calibrate; the only one with a model when absent')
    .option('--write', 'change the file')
    .action(async (trace, options) => done(await calibrate(effects, trace, options)));
  program
    .command('backtest')
    .description('how good forecasts of a series would have been, beside simple baselines')
    .argument('<series>', 'a CSV whose first column is time and whose other columns are series')
    .option('--horizon <hours>', 'hours looked ahead at each fold', hoursAhead, 24)
    .option('--training <hours>', 'hours before the first fold; three days when absent', hoursAhead)
    .option('--series <names...>', 'only these columns')
    .option(...jsonOption)
    .action(async (file, options) => done(await backtestVerb(effects, file, options)));
}
