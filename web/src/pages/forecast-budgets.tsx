import type { ScenarioReport } from '../../../src/forecast/index.ts';
import { showMoney, unknownText } from '../format/money.ts';
import { showShare } from '../format/number.ts';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';

type Outlook = ScenarioReport['budgets'][number];

/** Whether the budgets of the file hold in the months to come, and what their brakes would save. */
export function ForecastBudgets({ budgets }: { readonly budgets: readonly Outlook[] }) {
  if (budgets.length === 0) return null;
  return (
    <Panel
      title="Will the budgets hold?"
      note="When expected spend passes each limit, how likely that is, and what its brakes would save"
      flush
      actions={<CsvButton fileName="burnrate-budget-outlook.csv" columns={columns} rows={budgets} />}
    >
      <DataTable label="Outlook of budgets" columns={columns} rows={budgets} rowKey={({ budget }) => budget} />
    </Panel>
  );
}

const likely = ({ probability }: Outlook): number => Math.max(0, ...probability);
const savingsText = ({ savings }: Outlook): string =>
  savings.map(({ brake, savedUsd }) => `${brake} saves ${showMoney(savedUsd)}`).join('; ');

const columns: readonly Column<Outlook>[] = [
  { key: 'budget', label: 'Budget', render: ({ budget }) => budget, csv: ({ budget }) => budget },
  {
    key: 'limitUsd',
    label: 'Limit',
    number: true,
    render: ({ limitUsd, period }) => `${showMoney(limitUsd)} / ${period}`,
    csv: ({ limitUsd }) => limitUsd,
  },
  {
    key: 'bindsOn',
    label: 'Passed on',
    render: ({ bindsOn }) => bindsOn ?? 'not expected',
    csv: ({ bindsOn }) => bindsOn,
  },
  {
    key: 'probability',
    label: 'Reached with',
    number: true,
    render: (row) => showShare(likely(row)),
    csv: likely,
    sort: likely,
  },
  {
    key: 'savings',
    label: 'Brakes',
    render: (row) => (
      <span className="wrap">
        {savingsText(row) || unknownText}
        {row.note !== null && <span className="muted"> {row.note}</span>}
      </span>
    ),
    csv: savingsText,
  },
];
