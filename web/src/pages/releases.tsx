import { useReleases } from '../api/economics.ts';
import type { Release } from '../api/schema.ts';
import { chartDollars, showUnitMoney, unknownText } from '../format/money.ts';
import { showCount } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';

/** What each release did to the cost of an outcome, as sure as the runs allow. */
export function ReleasesPanel({ where }: { readonly where: Filters }) {
  const { view } = useView();
  const releases = useReleases(where, view.range);
  return (
    <TablePanel
      title="Releases"
      id="releases"
      note="Each against the one before it in its workflow, with a 90% interval"
      fileName="burnrate-releases.csv"
      query={releases}
      columns={columns}
      rows={releases.data?.releases ?? []}
      rowKey={(row) => `${row.workflow}|${row.release}`}
      empty="No call of this range says its release; send `burnrate-release`."
    />
  );
}

const tones = { better: 'good', worse: 'bad', 'no change': 'plain', 'too early': 'plain' } as const;
const percent = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}%`;

function Verdict({ row }: { readonly row: Release }) {
  if (row.comparison === null) return <span className="muted">first seen</span>;
  const { change, verdict, per } = row.comparison;
  return (
    <span className="row">
      <Mark tone={tones[verdict]} label={verdict} meaning={`Cost per ${per} against the release before.`} />
      {change !== null && (
        <Behind where={filters(row)} list="runs">
          {`${percent(change.estimate)} (${percent(change.low)} to ${percent(change.high)})`}
        </Behind>
      )}
    </span>
  );
}

const filters = (row: Release) => ({ workflow: [row.workflow ?? ''], release: [row.release] });

const columns: readonly Column<Release>[] = [
  {
    key: 'release',
    label: 'Release',
    render: (row) => <Cut text={row.release} />,
    csv: (row) => row.release,
    sort: (row) => row.release,
  },
  {
    key: 'workflow',
    label: 'Workflow',
    render: (row) => <Cut text={row.workflow ?? '(none)'} />,
    csv: (row) => row.workflow,
    sort: (row) => row.workflow ?? '',
  },
  {
    key: 'firstSeen',
    label: 'First seen',
    render: (row) => showMoment(row.firstSeen),
    csv: (row) => row.firstSeen,
    sort: (row) => Date.parse(row.firstSeen),
  },
  {
    key: 'runs',
    label: 'Runs',
    number: true,
    render: (row) => (
      <Behind where={filters(row)} list="runs">
        {showCount(row.runs)}
      </Behind>
    ),
    csv: (row) => row.runs,
    sort: (row) => row.runs,
  },
  {
    key: 'costPerSuccessUsd',
    label: 'Per success',
    number: true,
    render: (row) =>
      row.costPerSuccessUsd === null ? (
        unknownText
      ) : (
        <Behind where={{ ...filters(row), outcome: ['success'] }} list="runs">
          {showUnitMoney(row.costPerSuccessUsd)}
        </Behind>
      ),
    csv: (row) => row.costPerSuccessUsd,
    sort: (row) => chartDollars(row.costPerSuccessUsd ?? '0'),
  },
  {
    key: 'inputTokens',
    label: 'Tokens in',
    number: true,
    render: (row) =>
      row.inputTokens === null ? unknownText : <Behind where={filters(row)}>{showCount(row.inputTokens)}</Behind>,
    csv: (row) => row.inputTokens,
    sort: (row) => row.inputTokens ?? -1,
  },
  {
    key: 'verdict',
    label: 'Against the one before',
    render: (row) => <Verdict row={row} />,
    csv: (row) => row.comparison?.verdict ?? null,
    sort: (row) => row.comparison?.change?.estimate ?? 0,
  },
];
