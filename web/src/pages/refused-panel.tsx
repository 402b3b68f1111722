import { Button } from '@mantine/core';
import { type RefusedCall, useRefused } from '../api/refused.ts';
import { showUnitMoney, unknownText } from '../format/money.ts';
import { plural } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
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
    <Panel
      title="Refused calls"
      note={`${user === undefined ? 'The latest' : `Of ${user}, the latest`} calls that budgets, limits and plans let nowhere near a provider`}
      flush
      actions={<CsvButton fileName="burnrate-refused.csv" columns={columns} rows={rows} />}
    >
      <Loaded query={refused} height={140}>
        {() =>
          rows.length === 0 ? (
            <NothingHere>
              No call was refused{user === undefined ? '' : ` of ${user}`} since the gateways started.
            </NothingHere>
          ) : (
            <DataTable label="Refused calls" columns={columns} rows={rows} rowKey={refusalKey} rowsAtFirst={10} />
          )
        }
      </Loaded>
      {opened && <HoldsThen call={opened} />}
    </Panel>
  );
}

const refusalKey = (row: RefusedCall) => `${row.callId}@${row.at}`;

const amount = (unit: string | undefined, text: string) =>
  unit === 'usd' ? showUnitMoney(text) : `${text} ${unit ?? ''}`;

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
        <Behind where={{ user: [row.attribution.user] }}>{row.attribution.user}</Behind>
      ),
    csv: (row) => row.attribution.user ?? null,
    sort: (row) => row.attribution.user ?? '',
  },
  {
    key: 'stage',
    label: 'Stage',
    render: (row) => row.attribution.stage ?? <span className="muted">(none)</span>,
    csv: (row) => row.attribution.stage ?? null,
  },
  { key: 'model', label: 'Model', render: (row) => row.model, csv: (row) => row.model },
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
    render: (row) => row.budget?.name ?? unknownText,
    csv: (row) => row.budget?.name ?? null,
    sort: (row) => row.budget?.name ?? '',
  },
  {
    key: 'remaining',
    label: 'Was left',
    number: true,
    render: (row) => (row.budget === null ? unknownText : amount(row.budget.unit, row.budget.remaining)),
    csv: (row) => row.budget?.remaining ?? null,
  },
  {
    key: 'held',
    label: 'Of it held',
    number: true,
    render: (row) => (row.budget === null ? unknownText : amount(row.budget.unit, row.budget.held)),
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
