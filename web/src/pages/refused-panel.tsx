import { Button } from '@mantine/core';
import { useRefused } from '../api/refused.ts';
import type { RefusedCall } from '../api/schema.ts';
import { showAmount } from '../format/amount.ts';
import { unknownText } from '../format/money.ts';
import { plural } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { useView } from '../view/use-view.ts';
import { HoldsThen } from './holds-then.tsx';

/** Who was refused, by what, and what was held at that moment. */
export function RefusedPanel() {
  const { view } = useView();
  const [user] = view.where.user ?? [];
  const refused = useRefused(user);
  const rows = refused.data?.refused ?? [];
  const opened = rows.find((row) => view.open.includes(refusalKey(row)));
  return (
    <TablePanel
      title="Refused calls"
      note={`${user === undefined ? 'The latest' : `Of ${user}, the latest`} calls that budgets, limits and plans let nowhere near a provider`}
      fileName="burnrate-refused.csv"
      query={refused}
      columns={columns}
      rows={rows}
      rowKey={refusalKey}
      rowsAtFirst={10}
      empty={`No call was refused${user === undefined ? '' : ` of ${user}`} in the last 30 days.`}
    >
      {opened && <HoldsThen call={opened} />}
    </TablePanel>
  );
}

const refusalKey = (row: RefusedCall) => row.id;

function Why({ row }: { readonly row: RefusedCall }) {
  const { view, change } = useView();
  const key = refusalKey(row);
  const shown = view.open.includes(key);
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-expanded={shown}
      aria-label={`${shown ? 'Hide' : 'Why'}: ${row.attribution.user ?? row.keyId}, ${showMoment(row.at)}`}
      onClick={() => change({ open: shown ? [] : [key] }, true)}
    >
      {shown ? 'Hide' : 'Why'}
    </Button>
  );
}

const columns: readonly Column<RefusedCall>[] = [
  {
    key: 'at',
    label: 'When',
    render: (row) => showMoment(row.at),
    csv: (row) => row.at,
    sort: (row) => Date.parse(row.at),
  },
  {
    key: 'user',
    label: 'User',
    render: (row) =>
      row.attribution.user === undefined ? (
        <span className="muted">(none)</span>
      ) : (
        <Cut text={row.attribution.user}>
          <Behind where={{ user: [row.attribution.user] }}>{row.attribution.user}</Behind>
        </Cut>
      ),
    csv: (row) => row.attribution.user ?? null,
    sort: (row) => row.attribution.user ?? '',
  },
  {
    key: 'stage',
    label: 'Stage',
    render: ({ attribution: { stage } }) =>
      stage === undefined ? <span className="muted">(none)</span> : <Cut text={stage} />,
    csv: (row) => row.attribution.stage ?? null,
  },
  { key: 'model', label: 'Model', render: (row) => <Cut text={row.model} />, csv: (row) => row.model },
  {
    key: 'code',
    label: 'Refused as',
    render: (row) => <Mark tone="bad" label={row.code.replaceAll('_', ' ')} meaning={row.message} />,
    csv: (row) => row.code,
    sort: (row) => row.code,
  },
  {
    key: 'budget',
    label: 'By',
    render: (row) => (row.budget === null ? unknownText : <Cut text={row.budget.name} />),
    csv: (row) => row.budget?.name ?? null,
    sort: (row) => row.budget?.name ?? '',
  },
  {
    key: 'remaining',
    label: 'Was left',
    number: true,
    render: (row) => (row.budget === null ? unknownText : showAmount(row.budget.unit, row.budget.remaining)),
    csv: (row) => row.budget?.remaining ?? null,
  },
  {
    key: 'held',
    label: 'Of it held',
    number: true,
    render: (row) => (row.budget === null ? unknownText : showAmount(row.budget.unit, row.budget.held)),
    csv: (row) => row.budget?.held ?? null,
  },
  {
    key: 'holds',
    label: 'Held by',
    number: true,
    render: (row) => (row.budget === null ? unknownText : plural(row.holdsInAll, 'call')),
    csv: (row) => row.holdsInAll,
  },
  { key: 'message', label: 'Told', render: (row) => <Why row={row} />, csv: (row) => row.message },
];
