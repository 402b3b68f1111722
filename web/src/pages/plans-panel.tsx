import { Link } from '@tanstack/react-router';
import { usePlans } from '../api/plans.ts';
import type { Plan } from '../api/schema.ts';
import { showAmount } from '../format/amount.ts';
import { showMoney, unknownText } from '../format/money.ts';
import { showCount, showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { carry, useView } from '../view/use-view.ts';

/** What each plan allows, and how near its fullest user is. Nothing where burnrate.yaml has no plans. */
export function PlansPanel() {
  const plans = usePlans();
  const rows = plans.data?.plans ?? [];
  if (rows.length === 0) return null;
  return (
    <TablePanel
      title="Plans"
      note="What users of each may ask for; a quota is a hard budget per user"
      fileName="burnrate-plans.csv"
      columns={columns}
      rows={rows}
      rowKey={({ name }) => name}
      empty="burnrate.yaml has no plans."
    />
  );
}

const quotaText = ({ quotas }: Plan): string =>
  quotas.map(({ limit, unit, period }) => `${showAmount(unit, limit)} / ${period}`).join(', ');

/** Of the user who has used most of any quota. */
function fullest({ quotas }: Plan) {
  return quotas
    .flatMap((quota) => (quota.fullest === null ? [] : [quota.fullest]))
    .toSorted((a, b) => b.usedShare - a.usedShare)[0];
}

/** Who they are. */
function Users({ row: { name, quotas } }: { readonly row: Plan }) {
  const { view } = useView();
  const where = { ...view.where, plan: [name] };
  return (
    <Link to="/costs" search={carry(view, { where, by: ['user'] })} className="figure">
      {showCount(Math.max(0, ...quotas.map(({ instances }) => instances)))}
    </Link>
  );
}

const columns: readonly Column<Plan>[] = [
  {
    key: 'name',
    label: 'Plan',
    render: ({ name }) => (
      <Cut text={name}>
        <Behind where={{ plan: [name] }}>{name}</Behind>
      </Cut>
    ),
    csv: ({ name }) => name,
    sort: ({ name }) => name,
  },
  {
    key: 'priceUsd',
    label: 'Price',
    number: true,
    render: ({ priceUsd }) => (priceUsd === null ? unknownText : `${showMoney(priceUsd)} / month`),
    csv: ({ priceUsd }) => priceUsd,
  },
  { key: 'quotas', label: 'Quotas per user', render: (row) => quotaText(row) || 'none', csv: quotaText },
  {
    key: 'maxOutputTokens',
    label: 'Longest answer',
    number: true,
    render: ({ maxOutputTokens }) => (maxOutputTokens === null ? 'any' : `${showCount(maxOutputTokens)} tokens`),
    csv: ({ maxOutputTokens }) => maxOutputTokens,
  },
  {
    key: 'models',
    label: 'Models',
    render: ({ models }) => <span className="wrap">{models.join(', ') || 'every model'}</span>,
    csv: ({ models }) => models.join(' '),
  },
  {
    key: 'usersCounted',
    label: 'Users counted now',
    number: true,
    render: (row) => <Users row={row} />,
    csv: ({ quotas }) => Math.max(0, ...quotas.map(({ instances }) => instances)),
  },
  {
    key: 'fullest',
    label: 'Fullest user',
    render: (row) => {
      const standing = fullest(row);
      if (!standing) return unknownText;
      const { user = '' } = standing.of;
      return (
        <>
          <Cut text={user}>
            <Behind where={{ user: [user], plan: [row.name] }}>{user}</Behind>
          </Cut>
          <span className="muted">{showShare(standing.usedShare)} used</span>
        </>
      );
    },
    csv: (row) => fullest(row)?.of.user ?? null,
  },
];
