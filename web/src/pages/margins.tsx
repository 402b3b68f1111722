import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Margin, UnitEconomics } from '../api/schema.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, unknownText } from '../format/money.ts';
import { showCount, showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { moneyColumn } from '../parts/figure-columns.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { carry, useView } from '../view/use-view.ts';

const choices = { plan: 'Plan', customer: 'Customer' } as const;
type By = keyof typeof choices;

/** What users of each plan, or each customer, pay beside what serving them costs in full. */
export function Margins({ units }: { readonly units: UnitEconomics }) {
  const [by, setBy] = useState<By>('plan');
  const rows = by === 'plan' ? units.marginByPlan : units.marginByCustomer;
  const named = rows.some(({ name }) => name !== null);
  return (
    <TablePanel
      title="Margins"
      label={`Margins by ${by}`}
      note="Active users × the price of their plan × the time of this range, less the full cost of serving them"
      actions={
        <SegmentedControl
          aria-label="Margins by"
          size="xs"
          value={by}
          data={Object.entries(choices).map(([value, label]) => ({ value, label }))}
          onChange={(value) => setBy(value as By)}
        />
      }
      fileName={`burnrate-margins-by-${by}.csv`}
      columns={marginColumns(by, rows)}
      rows={named ? rows : []}
      rowKey={({ name }) => name ?? ''}
      rowsAtFirst={10}
      empty={`No call of this range names a ${by}: send \`burnrate-${by}\`, and state plans.<name>.priceUsd in burnrate.yaml.`}
    />
  );
}

function marginColumns(by: By, rows: readonly Margin[]): readonly Column<Margin>[] {
  const digits = moneyDigits(maxMoney(rows.flatMap(({ revenueUsd, costUsd }) => [revenueUsd, costUsd])));
  const behind = ({ name }: Margin, text: string) => <Behind where={{ [by]: [name ?? ''] }}>{text}</Behind>;
  return [
    {
      key: by,
      label: choices[by],
      render: ({ name }) => (name === null ? <span className="muted">(none)</span> : <Cut text={name} />),
      csv: ({ name }) => name,
      sort: ({ name }) => name ?? '',
    },
    {
      key: 'users',
      label: 'Active users',
      number: true,
      render: (row) => <Users row={row} by={by} text={showCount(row.users)} />,
      csv: ({ users }) => users,
      sort: ({ users }) => users,
    },
    {
      key: 'revenueUsd',
      label: 'Revenue',
      number: true,
      render: (row) => <Users row={row} by={by} text={alignMoney(row.revenueUsd, digits)} />,
      csv: ({ revenueUsd }) => revenueUsd,
      sort: ({ revenueUsd }) => chartDollars(revenueUsd),
    },
    moneyColumn('costUsd', 'Full cost', digits, behind),
    moneyColumn('marginUsd', 'Margin', digits, behind),
    {
      key: 'share',
      label: 'Of revenue',
      number: true,
      render: (row) =>
        row.share === null ? unknownText : <Behind where={{ [by]: [row.name ?? ''] }}>{signedShare(row.share)}</Behind>,
      csv: ({ share }) => share,
      sort: ({ share }) => share ?? Number.NEGATIVE_INFINITY,
    },
  ];
}

const signedShare = (share: number) => (share < 0 ? `-${showShare(-share)}` : showShare(share));

/** Revenue is users × a price, so both lead to the users. */
function Users({ row, by, text }: { readonly row: Margin; readonly by: By; readonly text: string }) {
  const { view } = useView();
  const where = { ...view.where, [by]: [row.name ?? ''] };
  return (
    <Link to="/costs" search={carry(view, { where, by: ['user'] })} className="figure">
      {text}
    </Link>
  );
}
