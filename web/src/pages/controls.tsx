import { useBudgets } from '../api/budgets.ts';
import type { Budget } from '../api/schema.ts';
import { nowMs } from '../clock.ts';
import { showAmount } from '../format/amount.ts';
import { unknownText } from '../format/money.ts';
import { plural, showCount, showShare } from '../format/number.ts';
import { showDayTime } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { PageHead } from '../parts/panel.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { dimensionLabel } from '../view/dimensions.ts';
import { paceOf, rungText } from '../view/pace.ts';
import { useTitle } from '../view/use-title.ts';
import { AlertsPanel } from './alerts-panel.tsx';
import styles from './controls.module.css';
import { PlansPanel } from './plans-panel.tsx';
import { RefusedPanel } from './refused-panel.tsx';

/** What may be spent, what is, what is set aside for calls in flight, and what is not as usual. */
export function ControlsPage() {
  useTitle('Controls');
  return (
    <>
      <PageHead title="Controls" />
      <div className="stack">
        <BudgetsPanel />
        <PlansPanel />
        <RefusedPanel />
        <AlertsPanel />
      </div>
    </>
  );
}

function BudgetsPanel() {
  const budgets = useBudgets();
  return (
    <TablePanel
      title="Budgets"
      note="The fullest count of each; a hard budget cannot be overspent, held money is set aside for calls in flight"
      fileName="burnrate-budgets.csv"
      query={budgets}
      columns={columns}
      rows={budgets.data?.budgets ?? []}
      rowKey={({ name }) => name}
      empty="No budget is in force. Write one under budgets: in burnrate.yaml, or POST /api/budgets"
    />
  );
}

const amount = (row: Budget, value: string | undefined): string =>
  value === undefined ? unknownText : showAmount(row.unit, value);

function scopeText(row: Budget): string {
  const scope = Object.entries(row.scope).map(([name, values]) => `${dimensionLabel(name)} ${values.join(' or ')}`);
  const per =
    row.per.length === 0 ? [] : [`each ${row.per.map((name) => dimensionLabel(name).toLowerCase()).join(' and ')}`];
  return [...scope, ...per].join(', ') || 'everything';
}

/** The calls a budget counts: its scope, and the values of its fullest count. */
function scopeFilters(row: Budget) {
  const fullest = Object.entries(row.fullest?.of ?? {}).map(([name, value]) => [name, [value]] as const);
  return { ...row.scope, ...Object.fromEntries(fullest) };
}

const part = (key: 'posted' | 'held' | 'available', label: string): Column<Budget> => ({
  key,
  label,
  number: true,
  render: (row) => <Behind where={scopeFilters(row)}>{amount(row, row.fullest?.[key])}</Behind>,
  csv: (row) => row.fullest?.[key] ?? null,
  sort: (row) => Number(row.fullest?.[key] ?? 0),
});

const columns: readonly Column<Budget>[] = [
  {
    key: 'name',
    label: 'Budget',
    render: (row) => <Name row={row} />,
    csv: (row) => row.name,
    sort: (row) => row.name,
  },
  { key: 'scope', label: 'Counts', hidden: true, render: scopeText, csv: scopeText },
  {
    key: 'limit',
    label: 'Limit',
    number: true,
    render: (row) => `${amount(row, row.limit)} / ${row.period}`,
    csv: (row) => row.limit,
    sort: (row) => Number(row.limit),
  },
  {
    key: 'usedShare',
    label: 'Used',
    number: true,
    render: (row) => <ShareBar share={row.fullest?.usedShare ?? 0} />,
    csv: (row) => row.fullest?.usedShare ?? 0,
    sort: (row) => row.fullest?.usedShare ?? 0,
  },
  part('posted', 'Posted'),
  part('held', 'Held'),
  part('available', 'Left'),
  {
    key: 'usedUpAt',
    label: 'At this pace',
    render: (row) => <AtThisPace row={row} />,
    csv: (row) => {
      const usedUpAtMs = paceOf(row, nowMs())?.usedUpAtMs ?? null;
      return usedUpAtMs === null ? null : new Date(usedUpAtMs).toISOString();
    },
  },
  {
    key: 'brake',
    label: 'Brake',
    render: (row) => <Brake row={row} />,
    csv: (row) => row.brake.map((rung) => `from ${showShare(rung.at)}: ${rungText(rung)}`).join('; '),
  },
  {
    key: 'resetsAt',
    label: 'Starts anew',
    render: (row) => (row.fullest?.resetsAt ? showDayTime(Date.parse(row.fullest.resetsAt)) : unknownText),
    csv: (row) => row.fullest?.resetsAt ?? null,
  },
  {
    key: 'instances',
    label: 'Counts now',
    hidden: true,
    render: (row) => showCount(row.instances),
    csv: (row) => row.instances,
  },
];

/** What it is called, how strict it is, and what it counts. */
function Name({ row }: { readonly row: Budget }) {
  const counts = row.per.length > 0 ? ` · ${plural(row.instances, 'count')}` : '';
  return (
    <>
      <span className={styles.name}>
        <Cut text={row.name} />
        <Mark
          tone={row.hard ? 'info' : 'plain'}
          label={row.hard ? 'hard' : 'soft'}
          meaning={row.hard ? 'Calls that would overspend it are refused.' : 'It only tells; calls go on.'}
        />
      </span>
      <span className={styles.about}>
        <Cut text={`${scopeText(row)}${counts}`} />
      </span>
    </>
  );
}

function AtThisPace({ row }: { readonly row: Budget }) {
  const pace = paceOf(row, nowMs());
  if (pace === null) return unknownText;
  if (pace.usedUpAtMs === null) return <Mark tone="good" label="holds" meaning="It lasts until it starts anew." />;
  const gone = pace.usedUpAtMs <= nowMs();
  return (
    <Mark
      tone="bad"
      label={gone ? 'used up' : `used up ${showDayTime(pace.usedUpAtMs)}`}
      meaning="If it is spent as since its period began."
    />
  );
}

/** The step of the brake that holds now, or the next and when it will. */
function Brake({ row }: { readonly row: Budget }) {
  if (row.brake.length === 0) return <span className="muted">none</span>;
  const brake = paceOf(row, nowMs())?.brake ?? null;
  const rung = brake?.rung ?? row.brake[0];
  if (rung === undefined) return null;
  const holds = (row.fullest?.usedShare ?? 0) >= rung.at;
  const when = holds ? 'holds now' : brake === null ? `from ${showShare(rung.at)}` : `from ${showDayTime(brake.atMs)}`;
  return (
    <span className="wrap">
      {rungText(rung)} <span className="muted">{when}</span>
    </span>
  );
}
