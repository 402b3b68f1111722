import { useCosts } from '../api/queries.ts';
import type { Behaviour, CostRow } from '../api/schema.ts';
import { type Curve, ValueCurves } from '../charts/value-curve.tsx';
import { alignMoney, chartDollars, maxMoney, moneyDigits, shareOf } from '../format/money.ts';
import { plural, showCount, showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';
import layout from './layout.module.css';

type Concentration = Behaviour['concentration'];

/** Users listed beside the curve; the file holds as many. */
const usersMax = 10;

/** Who costs most, and how unequal users are. */
export function ConcentrationPanel({ concentration }: { readonly concentration: Concentration }) {
  const { view } = useView();
  const users = useCosts({ by: ['user'], where: dimensionFilters(view.where), limit: usersMax }, view.range);
  const rows = users.data?.rows ?? [];
  const columns = userColumns(rows, users.data?.totalUsd ?? '0');
  if (concentration.users === 0) {
    return (
      <Panel title="Power users">
        <NothingHere>No call of this range names its user; send burnrate-user.</NothingHere>
      </Panel>
    );
  }
  return (
    <Panel
      title="Power users"
      note={`Gini ${concentration.gini.toFixed(2)} over ${plural(concentration.users, 'user')}: 0 is all alike, 1 is one user making all the cost`}
      flush
      actions={<CsvButton fileName="burnrate-power-users.csv" columns={columns} rows={rows} />}
    >
      <div className={layout.beside}>
        <div className={layout.chart}>
          <ValueCurves
            label="Lorenz curve: share of cost made by the cheapest share of users"
            curves={curvesOf(concentration)}
            heightPx={260}
            yMax={1}
            formatX={usersText}
            formatY={shareText}
          />
          <p className="muted">{topText(concentration)}</p>
        </div>
        <Loaded query={users} height={200}>
          {() => (
            <DataTable label="Dearest users" columns={columns} rows={rows} rowKey={(row) => String(row.user ?? '')} />
          )}
        </Loaded>
      </div>
    </Panel>
  );
}

const shareText = (share: number) => `${Math.round(share * 100)}%`;
const usersText = (share: number) => `${shareText(share)} of users`;

function curvesOf({ lorenz }: Concentration): readonly Curve[] {
  const points = lorenz.map(({ users, cost }) => [users, cost] as const);
  return [
    { name: 'cost', colour: 0, points },
    { name: 'if all cost the same', colour: 3, points: points.map(([users]) => [users, users] as const), dashed: true },
  ];
}

function topText({ top }: Concentration): string {
  const parts = top.map(({ users, cost }) => `the dearest ${shareText(users)} make ${showShare(cost)}`);
  return `${parts.join(', ')} of the cost.`.replace(/^t/, 'T');
}

function userColumns(rows: readonly CostRow[], totalUsd: string): readonly Column<CostRow>[] {
  const digits = moneyDigits(maxMoney(rows.map(({ costUsd }) => costUsd)));
  const nameOf = (row: CostRow) => String(row.user ?? '');
  const behind = (row: CostRow, text: string) => <Behind where={{ user: [nameOf(row)] }}>{text}</Behind>;
  return [
    {
      key: 'user',
      label: 'User',
      render: (row) => nameOf(row) || <span className="muted">(none)</span>,
      csv: nameOf,
      sort: nameOf,
    },
    {
      key: 'costUsd',
      label: 'Cost',
      number: true,
      render: (row) => <span title={`$${row.costUsd}`}>{behind(row, alignMoney(row.costUsd, digits))}</span>,
      csv: (row) => row.costUsd,
      sort: (row) => chartDollars(row.costUsd),
    },
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (row) => behind(row, showShare(shareOf(row.costUsd, totalUsd))),
      csv: (row) => shareOf(row.costUsd, totalUsd),
      sort: (row) => chartDollars(row.costUsd),
    },
    {
      key: 'calls',
      label: 'Calls',
      number: true,
      render: (row) => behind(row, showCount(row.calls)),
      csv: (row) => row.calls,
      sort: (row) => row.calls,
    },
  ];
}
