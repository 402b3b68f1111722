import { usePerformance, useRetries, useStorage } from '../api/queries.ts';
import type { PerformanceSums, RetryRow, Storage } from '../api/schema.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, showMoney, unknownText } from '../format/money.ts';
import { plural, showBytes, showCount, showDuration, showRatio, showShare } from '../format/number.ts';
import { showDay } from '../format/time.ts';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';
import { Failures, FailuresOverTime, failureClasses } from './failures.tsx';
import { LatencyOverTime } from './latency.tsx';
import styles from './operations.module.css';
import { PerformanceTable } from './performance-table.tsx';
import { ReviewsPanel } from './reviews-panel.tsx';

/** How well things run: waiting, failing, sending again, and what the record of it all weighs. */
export function OperationsPage() {
  const { view } = useView();
  const where = dimensionFilters(view.where);
  const total = usePerformance([], where, view.range);
  useTitle('Operations');
  return (
    <>
      <PageHead title="Operations" />
      <FilterBar />
      <div className="stack">
        <Loaded query={total}>
          {({ total: sums }) =>
            sums.attempts === 0 ? <NothingHere>No calls in this range.</NothingHere> : <OfCalls sums={sums} />
          }
        </Loaded>
        <ReviewsPanel />
        <Growth />
      </div>
    </>
  );
}

function OfCalls({ sums }: { readonly sums: PerformanceSums }) {
  return (
    <>
      <Health sums={sums} />
      <Meters sums={sums} />
      <div className={styles.two}>
        <LatencyOverTime />
        <FailuresOverTime />
      </div>
      <PerformanceTable />
      <div className={styles.two}>
        <Failures />
        <Retries />
      </div>
    </>
  );
}

const share = (part: number, whole: number): string => (whole === 0 ? unknownText : showShare(part / whole));

function Health({ sums }: { readonly sums: PerformanceSums }) {
  const { attempts } = sums;
  return (
    <Facts>
      <Fact
        hero
        label="Failed attempts"
        value={<Behind where={{ failure: failureClasses }}>{share(sums.failedAttempts, attempts)}</Behind>}
        detail={`${showCount(sums.failedAttempts)} of ${plural(attempts, 'attempt')}`}
      />
      <Fact
        label="Time to the last byte"
        value={<Behind>{showDuration(sums.durationMs?.p50 ?? null)}</Behind>}
        detail={`p95 ${showDuration(sums.durationMs?.p95 ?? null)} · p99 ${showDuration(sums.durationMs?.p99 ?? null)}`}
      />
      <Fact
        label="Time to the first token"
        value={<Behind>{showDuration(sums.firstTokenMs?.p50 ?? null)}</Behind>}
        detail={`p95 ${showDuration(sums.firstTokenMs?.p95 ?? null)} · p99 ${showDuration(sums.firstTokenMs?.p99 ?? null)}`}
      />
      <Fact
        label="Attempts ÷ call"
        value={<Behind>{showRatio(sums.calls === 0 ? null : attempts / sums.calls)}</Behind>}
        detail={
          <>
            <Behind where={{ reason: ['retry', 'fallback', 'hedge', 'repair'] }}>
              {showCount(sums.furtherAttempts)}
            </Behind>{' '}
            sent again
          </>
        }
      />
      <Fact
        label="Rate limited"
        value={<Behind where={{ failure: ['rate_limited'] }}>{showCount(sums.rateLimitedAttempts)}</Behind>}
        detail="answered with 429"
      />
    </Facts>
  );
}

/** What meters could not tell. */
function Meters({ sums }: { readonly sums: PerformanceSums }) {
  const { attempts } = sums;
  return (
    <Facts>
      <Fact
        label="Streamed"
        value={<Behind where={{ streamed: ['true'] }}>{share(sums.streamedAttempts, attempts)}</Behind>}
        detail={plural(sums.streamedAttempts, 'attempt')}
      />
      <Fact
        label="Silent meters"
        value={<Behind where={{ usageSource: ['absent'] }}>{showCount(sums.silentAttempts)}</Behind>}
        detail="successes without token counts"
      />
      <Fact
        label="Unknown prices"
        value={<Behind where={{ priceState: ['unknown'] }}>{showCount(sums.unknownPriceAttempts)}</Behind>}
        detail="attempts missing from the cost"
      />
      <Fact
        label="Estimated"
        value={<Behind where={{ usageSource: ['estimated'] }}>{showCount(sums.estimatedAttempts)}</Behind>}
        detail="tokens counted, not reported"
      />
    </Facts>
  );
}

function Retries() {
  const { view } = useView();
  const retries = useRetries(dimensionFilters(view.where), view.range);
  const rows = retries.data?.rows ?? [];
  const columns = retryColumns(rows);
  return (
    <TablePanel
      title="Sent again"
      label="Attempts sent again"
      note="Why, by whom, after which failure, and what it cost"
      fileName="burnrate-retries.csv"
      query={retries}
      columns={columns}
      rows={rows}
      rowKey={(row) => [row.workflow, row.stage, row.reason, row.layer, row.cause].join('|')}
      rowsAtFirst={10}
      empty="Nothing was sent again in this range."
    />
  );
}

/** Tokens that cost nothing are tokens nobody knows the price of. */
function costOf(row: RetryRow): string | null {
  return row.costUsd === '0' && row.tokens > 0 ? null : row.costUsd;
}

function retryColumns(rows: readonly RetryRow[]): readonly Column<RetryRow>[] {
  const digits = moneyDigits(maxMoney(rows.map((row) => row.costUsd)));
  const filters = (row: RetryRow) => ({
    ...{ workflow: [row.workflow ?? ''], stage: [row.stage ?? ''], reason: [row.reason], layer: [row.layer] },
    cause: [row.cause ?? ''],
  });
  const words = (text: string | null) => (text === null ? '(none)' : text.replaceAll('_', ' '));
  return [
    {
      key: 'stage',
      label: 'Stage',
      render: (row) => <Cut text={row.stage ?? '(none)'} />,
      csv: (row) => row.stage,
      sort: (row) => row.stage ?? '',
    },
    { key: 'workflow', label: 'Workflow', hidden: true, render: (row) => row.workflow, csv: (row) => row.workflow },
    {
      key: 'reason',
      label: 'Why, by whom',
      render: (row) => `${row.reason}, ${row.layer}`,
      csv: (row) => row.reason,
      sort: (row) => row.reason,
    },
    { key: 'layer', label: 'By', hidden: true, render: (row) => row.layer, csv: (row) => row.layer },
    {
      key: 'cause',
      label: 'After',
      render: (row) => words(row.cause),
      csv: (row) => row.cause,
      sort: (row) => row.cause ?? '',
    },
    {
      key: 'attempts',
      label: 'Attempts',
      number: true,
      render: (row) => <Behind where={filters(row)}>{showCount(row.attempts)}</Behind>,
      csv: (row) => row.attempts,
      sort: (row) => row.attempts,
    },
    {
      key: 'tokens',
      label: 'Tokens',
      number: true,
      render: (row) => <Behind where={filters(row)}>{showCount(row.tokens)}</Behind>,
      csv: (row) => row.tokens,
      sort: (row) => row.tokens,
    },
    {
      key: 'costUsd',
      label: 'Cost',
      number: true,
      render: (row) => <Behind where={filters(row)}>{alignMoney(costOf(row), digits)}</Behind>,
      csv: costOf,
      sort: (row) => chartDollars(row.costUsd),
    },
  ];
}

/** What observing costs in space, of the whole instance whatever is filtered. */
function Growth() {
  const storage = useStorage();
  return (
    <Panel
      title="The record itself"
      note="What observing this instance takes up, whatever range and filters are chosen"
    >
      <Loaded query={storage} height={110}>
        {(size) => <GrowthFacts size={size} />}
      </Loaded>
    </Panel>
  );
}

const dayMs = 86_400_000;
/** Growth is told from this much of the past at least; less says little. */
const growthSpanMsMin = 3_600_000;

function GrowthFacts({ size }: { readonly size: Storage }) {
  const spanMs = spanOf(size);
  const perDay = spanMs < growthSpanMsMin ? null : (size.attempts * dayMs) / spanMs;
  const bytesEach = size.attempts === 0 ? null : size.bytes / size.attempts;
  return (
    <Facts>
      <Fact
        label="On disk"
        value={showBytes(size.bytes)}
        detail={
          size.monthlyUsd === null
            ? 'with its write-ahead log'
            : `${showMoney(size.monthlyUsd)} a month, as burnrate.yaml prices it`
        }
      />
      <Fact
        label="Attempts kept"
        value={showCount(size.attempts)}
        detail={`for ${Math.round(size.keepAttemptsMs / dayMs)} days`}
      />
      <Fact label="Sums" value={showCount(size.sums)} detail="rows by hour and day, which stay" />
      <Fact label="Outcomes" value={showCount(size.outcomes)} detail="reported in all" />
      <Fact
        label="Bytes ÷ attempt"
        value={bytesEach === null ? unknownText : showBytes(Math.round(bytesEach))}
        detail="everything ÷ attempts kept"
      />
      <Fact
        label="Growth"
        value={
          perDay === null || bytesEach === null ? unknownText : `${showBytes(Math.round(perDay * bytesEach))} / day`
        }
        detail={perDay === null ? 'told after an hour of traffic' : `${showCount(perDay)} attempts a day so far`}
      />
      <Fact
        label="Oldest attempt"
        value={size.oldestAttemptAt === null ? unknownText : showDay(Date.parse(size.oldestAttemptAt))}
        exact={size.oldestAttemptAt ?? undefined}
        detail="single attempts go back so far"
      />
    </Facts>
  );
}

function spanOf({ oldestAttemptAt, newestAttemptAt }: Storage): number {
  if (oldestAttemptAt === null || newestAttemptAt === null) return 0;
  return Date.parse(newestAttemptAt) - Date.parse(oldestAttemptAt);
}
