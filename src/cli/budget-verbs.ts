import { type Command, Option } from 'commander';
import { amountUnits, periodKinds } from '../tree/index.ts';
import { listBudgets, removeBudget, setBudget, showBudget } from './budgets.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { dimensionValue } from './option-values.ts';
import { instanceGroup } from './verb-options.ts';

/** `burnrate budgets list|show|set|remove`. */
export function addBudgetVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const verb = instanceGroup(program, 'budgets', 'budgets of a running instance');
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
