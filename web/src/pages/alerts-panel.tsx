import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { attributionNames } from '../../../src/tree/index.ts';
import { alertsKey, useAlerts } from '../api/alerts.ts';
import { ApiError, sendJson } from '../api/client.ts';
import type { Alert } from '../api/schema.ts';
import { useMay } from '../api/use-may.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { dimensionLabel } from '../view/dimensions.ts';

/** What is not as usual, who looks after it, and how to be told no more for a while. */
export function AlertsPanel() {
  const alerts = useAlerts();
  const rows = alerts.data?.alerts ?? [];
  // An instance that watches nothing has no alerts to list.
  if (alerts.error instanceof ApiError && alerts.error.status === 404) return null;
  return (
    <TablePanel
      title="Alerts"
      note="Newest first; each leads to the figures it rests on"
      fileName="burnrate-alerts.csv"
      query={alerts}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      rowsAtFirst={10}
      empty="Nothing unusual has been seen."
    />
  );
}

const tones = { firing: 'bad', silenced: 'warn', resolved: 'plain' } as const;
/** Long enough for a night, short enough not to be forgotten. */
const silenceHours = 8;

function Actions({ alert }: { readonly alert: Alert }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (verb: 'silence' | 'acknowledge') => {
      const body = verb === 'silence' ? { hours: silenceHours } : undefined;
      return sendJson<Alert>('POST', `/api/alerts/${encodeURIComponent(alert.id)}/${verb}`, body);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: alertsKey }),
  });
  const operator = useMay('operator');
  if (alert.state === 'resolved') return alert.resolvedAt === null ? null : showMoment(alert.resolvedAt);
  if (!operator) return <span className="muted">{alert.acknowledgedBy ?? 'nobody yet'}</span>;
  return (
    <span className="row">
      {alert.acknowledgedBy === null ? (
        <Button
          size="compact-sm"
          variant="default"
          loading={act.isPending}
          onClick={() => act.mutate('acknowledge')}
          aria-label={`I look after it: ${alert.summary}`}
        >
          I look after it
        </Button>
      ) : (
        <span className="muted">{alert.acknowledgedBy}</span>
      )}
      {alert.state === 'firing' && (
        <Button
          size="compact-sm"
          variant="default"
          loading={act.isPending}
          onClick={() => act.mutate('silence')}
          aria-label={`Silence ${silenceHours} h: ${alert.summary}`}
        >
          Silence {silenceHours} h
        </Button>
      )}
    </span>
  );
}

/** Links of alerts are paths of this dashboard; anything else is shown as text. */
function Summary({ alert }: { readonly alert: Alert }) {
  const about = aboutWhom(alert);
  const linked = alert.link.startsWith('/') && !alert.link.startsWith('//');
  return (
    <span className="wrap">
      {linked ? <a href={alert.link}>{alert.summary}</a> : alert.summary}
      {about !== '' && <span className="muted"> {about}</span>}
    </span>
  );
}

const attributions: ReadonlySet<string> = new Set(attributionNames);

/** What tells alerts of the same words apart: whoever or whatever the summary does not name. */
function aboutWhom({ subject, summary }: Alert): string {
  return Object.entries(subject)
    .filter(([name, value]) => attributions.has(name) && value !== '' && !summary.includes(value))
    .map(([name, value]) => `${dimensionLabel(name)} ${value}`)
    .join(', ');
}

const columns: readonly Column<Alert>[] = [
  {
    key: 'state',
    label: 'State',
    render: (row) => (
      <span className="row">
        <Mark tone={tones[row.state]} label={row.state} meaning={`Severity: ${row.severity}. Rule: ${row.rule}.`} />
        {row.severity === 'page' && row.state === 'firing' && (
          <Mark tone="bad" label="page" meaning="Worth waking somebody." />
        )}
      </span>
    ),
    csv: (row) => row.state,
    sort: (row) => row.state,
  },
  {
    key: 'kind',
    label: 'Kind',
    render: (row) => row.kind.replaceAll('-', ' '),
    csv: (row) => row.kind,
    sort: (row) => row.kind,
  },
  { key: 'summary', label: 'What', render: (row) => <Summary alert={row} />, csv: (row) => row.summary },
  { key: 'severity', label: 'Severity', hidden: true, render: (row) => row.severity, csv: (row) => row.severity },
  {
    key: 'startedAt',
    label: 'Began',
    render: (row) => showMoment(row.startedAt),
    csv: (row) => row.startedAt,
    sort: (row) => Date.parse(row.startedAt),
  },
  {
    key: 'lastSeenAt',
    label: 'Last seen',
    render: (row) => showMoment(row.lastSeenAt),
    csv: (row) => row.lastSeenAt,
    sort: (row) => Date.parse(row.lastSeenAt),
  },
  { key: 'actions', label: 'Looked after', render: (row) => <Actions alert={row} />, csv: (row) => row.acknowledgedBy },
];
