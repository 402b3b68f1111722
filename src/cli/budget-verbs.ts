import { type Command, InvalidArgumentError, Option } from 'commander';
import { amountUnits, periodKinds } from '../tree/index.ts';
import { listBudgets, removeBudget, setBudget, showBudget } from './budgets.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';

const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
const jsonOption = ['--json', 'print JSON'] as const;
const urlOption = ['--url <url>', 'the running instance; BURNRATE_URL or the configured address when absent'] as const;

/** `burnrate budgets list|show|set|remove`. */
export function addBudgetVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const budgets = program.command('budgets').description('budgets of a running instance');
  const verb = (words: string, description: string): Command =>
    budgets
      .command(words)
      .description(description)
      .option(...urlOption)
      .option(...configOption)
      .option(...jsonOption);
  verb('list', 'every budget and how it stands').action(async (options) => done(await listBudgets(effects, options)));
  verb('show', 'one budget with its instances, the fullest first')
    .argument('<name>')
    .action(async (name, options) => done(await showBudget(effects, name, options)));
  verb('set', 'make or change a budget; those of burnrate.yaml are changed there')
    .argument('<name>')
    .requiredOption('--limit <amount>', 'most that may be spent in one period, US dollars unless --unit says otherwise')
    .addOption(
      new Option('--period <name>', 'how long until it starts anew').choices(periodKinds).makeOptionMandatory(),
    )
    .addOption(new Option('--unit <name>', 'what it counts').choices(amountUnits).default('usd'))
    .option(
      '--scope <dimension=value...>',
      'only calls with this value, like plan=free; all when absent',
      dimensionValue,
      [],
    )
    .option('--per <dimension...>', 'one count for each value, like user')
    .option('--rolling', 'the time just past instead of the calendar')
    .option('--time-zone <name>', 'whose days and longer it follows; the configured one when absent')
    .option('--soft', 'count and warn only; without it the budget cannot be overspent')
    .option('--open', 'let calls through while the books cannot be reached')
    .action(async (name, options) => done(await setBudget(effects, name, options)));
  verb('remove', 'remove a budget; what was spent stays in the ledger')
    .argument('<name>')
    .action(async (name, options) => done(await removeBudget(effects, name, options)));
}

function dimensionValue(text: string, before: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('It must be dimension=value, like plan=free.');
  return [...before, [text.slice(0, at), text.slice(at + 1)] as const];
}
