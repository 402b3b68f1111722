import { Select } from '@mantine/core';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getJson } from '../api/client.ts';
import type { Audit } from '../api/schema.ts';
import { showMoment } from '../format/time.ts';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';

const entriesMax = 200;

function useAudit(action: string): UseQueryResult<Audit> {
  return useQuery({
    queryKey: ['audit', action],
    queryFn: ({ signal }) => getJson<Audit>(`/api/audit?limit=${entriesMax}&action=${action}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

const actions = [
  { value: '', label: 'Everything' },
  ...['key', 'user', 'budget', 'forecast', 'alert', 'review', 'outcome'].map((value) => ({
    value,
    label: `${value.charAt(0).toUpperCase()}${value.slice(1)}s`,
  })),
];

/** Who changed what of this instance. */
export function AuditPanel() {
  const [action, setAction] = useState('');
  const audit = useAudit(action);
  const rows = audit.data?.entries ?? [];
  return (
    <Panel
      title="Audit record"
      note="Who changed what, newest first; nothing in it is ever changed"
      flush
      actions={
        <>
          <Select
            aria-label="Of what"
            size="xs"
            w={150}
            data={actions}
            value={action}
            allowDeselect={false}
            onChange={(value) => setAction(value ?? '')}
          />
          <CsvButton fileName="burnrate-audit.csv" columns={columns} rows={rows} />
        </>
      }
    >
      <Loaded query={audit} height={140}>
        {() =>
          rows.length === 0 ? (
            <NothingHere>Nothing was changed yet.</NothingHere>
          ) : (
            <DataTable
              label="Audit record"
              columns={columns}
              rows={rows}
              rowKey={({ sequence }) => String(sequence)}
              rowsAtFirst={10}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

const changeText = ({ before, after }: Audit['entries'][number]): string => JSON.stringify({ before, after });

function Change({ entry }: { readonly entry: Audit['entries'][number] }) {
  if (entry.before === null && entry.after === null) return null;
  return (
    <details>
      <summary>Before and after</summary>
      <pre className="wrap">{JSON.stringify({ before: entry.before, after: entry.after }, null, 2)}</pre>
    </details>
  );
}

const columns: readonly Column<Audit['entries'][number]>[] = [
  {
    key: 'at',
    label: 'When',
    render: ({ at }) => showMoment(at),
    csv: ({ at }) => at,
    sort: ({ at }) => Date.parse(at),
  },
  { key: 'actor', label: 'Who', render: ({ actor }) => actor, csv: ({ actor }) => actor, sort: ({ actor }) => actor },
  {
    key: 'action',
    label: 'Did',
    render: ({ action }) => action,
    csv: ({ action }) => action,
    sort: ({ action }) => action,
  },
  { key: 'subject', label: 'To', render: ({ subject }) => subject, csv: ({ subject }) => subject },
  { key: 'change', label: 'Change', render: (row) => <Change entry={row} />, csv: changeText },
];
