import { type Command, InvalidArgumentError } from 'commander';
import { backtestVerb } from './backtest.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';

/** Verbs that ask recorded history what will be: `backtest`. */
export function addSeriesVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  program
    .command('backtest')
    .description('how good forecasts of a series would have been, beside simple baselines')
    .argument('<series>', 'a CSV whose first column is time and whose other columns are series')
    .option('--horizon <hours>', 'hours looked ahead at each fold', hours, 24)
    .option('--training <hours>', 'hours before the first fold; three days when absent', hours)
    .option('--series <names...>', 'only these columns')
    .option('--json', 'print JSON')
    .action(async (file, options) => done(await backtestVerb(effects, file, options)));
}

function hours(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 8_760) return value;
  throw new InvalidArgumentError('It must be a whole number of hours from 1 to 8760.');
}
