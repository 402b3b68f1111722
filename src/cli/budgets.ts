import type { BudgetAnswer, BudgetPageAnswer, BudgetsAnswer, PutBudgetAnswer } from '../api/index.ts';
import { type ApiClient, apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { dollars, percent } from './shown.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface BudgetOptions extends InstanceOptions {
  readonly json?: boolean;
}

export interface SetBudgetOptions extends BudgetOptions {
  readonly limit: string;
  readonly period: string;
  readonly unit: string;
  readonly scope: readonly (readonly [string, string])[];
  readonly per?: readonly string[];
  readonly rolling?: boolean;
  readonly timeZone?: string;
  readonly soft?: boolean;
  readonly open?: boolean;
}

export async function listBudgets(effects: Effects, options: BudgetOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const answer = await client.get<BudgetsAnswer>('/api/budgets');
  print(effects, options.json === true, answer, () => budgetsTable(answer.budgets, terminalWidth(effects)));
  return exitCodes.fine;
}

export async function showBudget(effects: Effects, name: string, options: BudgetOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const answer = await client.get<BudgetPageAnswer>(pathOf(name));
  print(effects, options.json === true, answer, () => budgetText(answer, terminalWidth(effects)));
  return exitCodes.fine;
}

export async function setBudget(effects: Effects, name: string, options: SetBudgetOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const answer = await client.send<PutBudgetAnswer>('PUT', pathOf(name), bodyOf(options));
  print(effects, options.json === true, answer, () => changedText(answer));
  return exitCodes.fine;
}

export async function removeBudget(effects: Effects, name: string, options: BudgetOptions): Promise<ExitCode> {
  const client: ApiClient = await apiClient(effects, options);
  const budget = await client.send<BudgetAnswer>('DELETE', pathOf(name));
  print(effects, options.json === true, budget, () => `Removed the budget ${budget.name}.`);
  return exitCodes.fine;
}

const pathOf = (name: string) => `/api/budgets/${encodeURIComponent(name)}`;

function bodyOf({ limit, period, unit, scope, per, rolling, timeZone, soft, open }: SetBudgetOptions) {
  const values: Record<string, string[]> = {};
  for (const [dimension, value] of scope) {
    values[dimension] ??= [];
    values[dimension].push(value);
  }
  return {
    ...{ limit, period, unit, scope: values, per, timeZone },
    window: rolling === true ? 'rolling' : 'calendar',
    hard: soft !== true,
    whenBooksAreLost: open === true ? 'open' : 'closed',
  };
}

function changedText({ budget, changed }: PutBudgetAnswer): string {
  const { name, limit, unit, period, hard } = budget;
  const text = `${name}: ${amount(limit, unit)} a ${period}, ${hard ? 'hard' : 'soft'}`;
  return changed ? `${text}. It holds for calls that begin a second from now.` : `${text}; nothing changed.`;
}

/** In whole units but for money, which is shown as such. */
const amount = (text: string, unit: string) => (unit === 'usd' ? dollars(text) : `${text} ${unit}`);
const resetText = (resetsAt: string | null) => resetsAt?.slice(0, 16).replace('T', ' ') ?? '—';

function budgetsTable(budgets: readonly BudgetAnswer[], width: number): string {
  if (budgets.length === 0)
    return 'There are no budgets. `burnrate budgets set <name> --limit … --period …` makes one.';
  const columns = [
    { title: 'budget', flexible: true },
    { title: 'kind' },
    { title: 'limit', align: 'right' },
    { title: 'used', align: 'right' },
    { title: 'held', align: 'right' },
    { title: 'available', align: 'right' },
    { title: 'instances', align: 'right' },
    { title: 'resets (UTC)' },
  ] as const;
  const rows = budgets.map(({ name, hard, limit, unit, period, instances, fullest }) => [
    name,
    hard ? 'hard' : 'soft',
    `${amount(limit, unit)} / ${period}`,
    fullest === null ? '—' : percent(fullest.usedShare),
    fullest === null ? '—' : amount(fullest.held, unit),
    fullest === null ? '—' : amount(fullest.available, unit),
    String(instances),
    resetText(fullest?.resetsAt ?? null),
  ]);
  return table(columns, rows, width);
}

function budgetText(answer: BudgetPageAnswer, width: number): string {
  const { name, limit, unit, period, window, hard, source } = answer.budget;
  const head = `${name}: ${amount(limit, unit)} a ${period} (${window}), ${hard ? 'hard' : 'soft'}, from the ${source}`;
  if (answer.standings.length === 0) return `${head}\nNothing has counted against it in this period.`;
  const columns = [
    { title: 'instance', flexible: true },
    { title: 'posted', align: 'right' },
    { title: 'estimated', align: 'right' },
    { title: 'held', align: 'right' },
    { title: 'leased idle', align: 'right' },
    { title: 'available', align: 'right' },
    { title: 'used', align: 'right' },
    { title: 'resets (UTC)' },
  ] as const;
  const rows = answer.standings.map((standing) => [
    standing.instance || 'all',
    ...[standing.posted, standing.estimated, standing.held, standing.leasedIdle, standing.available].map((of) =>
      amount(of, unit),
    ),
    percent(standing.usedShare),
    resetText(standing.resetsAt),
  ]);
  const more = answer.partial ? '\nThere are more instances than are shown.' : '';
  return `${head}\n${table(columns, rows, width)}${more}`;
}
