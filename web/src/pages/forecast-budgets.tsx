import { Link } from '@tanstack/react-router';
import type { ScenarioReport } from '../../../src/forecast/index.ts';
import { showMoney, unknownText } from '../format/money.ts';
import { showShare } from '../format/number.ts';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { outlookWords } from '../view/month-end.ts';
import { carry, useView } from '../view/use-view.ts';

type Outlook = ScenarioReport['budgets'][number];

interface ForecastBudgetsProps {
  readonly result: ScenarioReport;
  /** The first month runs already, and counts as what was spent and the forecast of its rest. */
  readonly begun: boolean;
}

/** Whether the budgets of the file hold in the months to come, and what their brakes would save. */
export function ForecastBudgets({ result: { budgets, months }, begun }: ForecastBudgetsProps) {
  const { view } = useView();
  if (budgets.length === 0) return null;
  const names = months.map(({ month }) => month);
  return (
    <TablePanel
      title="Will the budgets hold?"
      label="Outlook of budgets"
      note={
        begun ? (
          <>
            {names[0]} counts as what was spent of it and the forecast of its rest, as on the{' '}
            <Link to="/" search={carry(view)}>
              Overview
            </Link>
            ; months after it count whole
          </>
        ) : (
          'When expected spend passes each limit, how likely that is, and what its brakes would save'
        )
      }
      fileName="burnrate-budget-outlook.csv"
      columns={outlookColumns(names)}
      rows={budgets}
      rowKey={({ budget }) => budget}
      empty="burnrate.yaml has no budgets."
    />
  );
}

/** The month in which the limit is likeliest reached. */
function likeliest({ probability }: Outlook, months: readonly string[]) {
  const share = Math.max(0, ...probability);
  return { share, month: share > 0 ? (months[probability.indexOf(share)] ?? '') : '' };
}

const savingsText = ({ savings }: Outlook): string =>
  savings.map(({ brake, savedUsd }) => `${brake} saves ${showMoney(savedUsd)}`).join('; ');

function outlookColumns(months: readonly string[]): readonly Column<Outlook>[] {
  const thisMonth = ({ period, probability: [first] }: Outlook) =>
    period === 'month' && first !== undefined ? outlookWords(first) : null;
  return [
    { key: 'budget', label: 'Budget', render: ({ budget }) => <Cut text={budget} />, csv: ({ budget }) => budget },
    {
      key: 'limitUsd',
      label: 'Limit',
      number: true,
      render: ({ limitUsd, period }) => `${showMoney(limitUsd)} / ${period}`,
      csv: ({ limitUsd }) => limitUsd,
    },
    {
      key: 'firstMonth',
      label: `In ${months[0] ?? ''}`,
      render: (row) => thisMonth(row) ?? unknownText,
      csv: thisMonth,
    },
    {
      key: 'bindsOn',
      label: 'Mean passes it on',
      render: ({ bindsOn }) => bindsOn ?? 'not expected',
      csv: ({ bindsOn }) => bindsOn,
    },
    {
      key: 'probability',
      label: 'Reached at most with',
      number: true,
      render: (row) => {
        const { share, month } = likeliest(row, months);
        return month === '' ? showShare(share) : `${showShare(share)} in ${month}`;
      },
      csv: (row) => likeliest(row, months).share,
      sort: (row) => likeliest(row, months).share,
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
}
