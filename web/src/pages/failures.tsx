import { useMemo } from 'react';
import { usePerformance } from '../api/queries.ts';
import type { Performance, PerformanceRow } from '../api/schema.ts';
import { SeriesOverTime, type TimedSeries } from '../charts/series-over-time.tsx';
import { timeline } from '../charts/time-series.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits } from '../format/money.ts';
import { showCount, showShare } from '../format/number.ts';
import { parseBucket } from '../format/time.ts';
import { Behind } from '../parts/behind.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { type BucketName, bucketOf } from '../view/range.ts';
import { useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';

/** Every class of failure, with what it means to the reader. */
const meanings = {
  timeout: 'no end in time',
  rate_limited: 'the provider said 429',
  malformed: 'an answer nobody can read',
  validation: 'an answer that is not what was asked',
  network: 'the connection broke',
  upstream_error: 'the provider said 5xx',
  client_error: 'the provider refused the request',
  client_disconnect: 'the client went away',
  crash: 'this gateway was killed',
} as const;

export const failureClasses: readonly string[] = Object.keys(meanings);

const words = (failure: string) => failure.replaceAll('_', ' ');

/** Failed attempts over time, by class. */
export function FailuresOverTime() {
  const { view, change } = useView();
  const bucket = bucketOf(view.range);
  const answer = usePerformance([bucket, 'failure'], dimensionFilters(view.where), view.range);
  return (
    <Panel title="Failures" note={`Failed attempts per ${bucket}, by class`}>
      <Loaded query={answer} height={220}>
        {(data) => <FailureChart data={data} bucket={bucket} onZoom={(range) => change({ range })} />}
      </Loaded>
    </Panel>
  );
}

interface FailureChartProps {
  readonly data: Performance;
  readonly bucket: BucketName;
  readonly onZoom: Parameters<typeof SeriesOverTime>[0]['onZoom'];
}

function FailureChart({ data, bucket, onZoom }: FailureChartProps) {
  const { times, series } = useMemo(() => failureSeries(data, bucket), [data, bucket]);
  if (series.length === 0) return <NothingHere>Nothing failed in this range.</NothingHere>;
  return (
    <SeriesOverTime
      label={`Failed attempts per ${bucket} by class; the table below holds their sums.`}
      times={times}
      series={series}
      bucket={bucket}
      as="bars"
      format={showCount}
      onZoom={onZoom}
    />
  );
}

function failureSeries(data: Performance, bucket: BucketName) {
  const found = data.rows.map((row) => ({ at: parseBucket(String(row[bucket])), row }));
  const ends = [Date.parse(data.range.from), Date.parse(data.range.to)] as const;
  const times = timeline(
    found.map(({ at }) => at),
    bucket,
    ...ends,
  );
  const names = failureClasses.filter((name) => data.rows.some((row) => row.failure === name));
  const series = names.map((name): TimedSeries => {
    const byTime = new Map(found.filter(({ row }) => row.failure === name).map(({ at, row }) => [at, row.attempts]));
    const colour = failureClasses.indexOf(name);
    return { name: words(name), colour, values: times.map((time) => byTime.get(time) ?? 0) };
  });
  return { times, series };
}

/** The same as a table, with what failing cost. */
export function Failures() {
  const { view } = useView();
  const answer = usePerformance(['failure'], dimensionFilters(view.where), view.range);
  const rows = (answer.data?.rows ?? []).filter((row) => row.failure !== null);
  const columns = failureColumns(rows, answer.data?.total.attempts ?? 0);
  return (
    <TablePanel
      title="Failures by class"
      note="Of all attempts, failed ones included"
      fileName="burnrate-failures.csv"
      query={answer}
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.failure)}
      empty="Nothing failed in this range."
    />
  );
}

function failureColumns(rows: readonly PerformanceRow[], attempts: number): readonly Column<PerformanceRow>[] {
  const digits = moneyDigits(maxMoney(rows.map((row) => row.costUsd)));
  const nameOf = (row: PerformanceRow) => String(row.failure);
  const behind = (row: PerformanceRow, text: string) => <Behind where={{ failure: [nameOf(row)] }}>{text}</Behind>;
  return [
    {
      key: 'failure',
      label: 'Class',
      render: (row) => (
        <>
          {words(nameOf(row))} <span className="muted">{meanings[nameOf(row) as keyof typeof meanings]}</span>
        </>
      ),
      csv: nameOf,
      sort: nameOf,
    },
    {
      key: 'attempts',
      label: 'Attempts',
      number: true,
      render: (row) => behind(row, showCount(row.attempts)),
      csv: (row) => row.attempts,
      sort: (row) => row.attempts,
    },
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (row) => behind(row, showShare(row.attempts / Math.max(1, attempts))),
      csv: (row) => row.attempts / Math.max(1, attempts),
      sort: (row) => row.attempts,
    },
    {
      key: 'costUsd',
      label: 'Cost',
      number: true,
      render: (row) => behind(row, alignMoney(row.costUsd, digits)),
      csv: (row) => row.costUsd,
      sort: (row) => chartDollars(row.costUsd),
    },
  ];
}
