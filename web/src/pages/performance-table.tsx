import { SegmentedControl } from '@mantine/core';
import { usePerformance } from '../api/queries.ts';
import type { PerformanceRow, Quantiles } from '../api/schema.ts';
import { unknownText } from '../format/money.ts';
import { showBytes, showCount, showDuration, showShare } from '../format/number.ts';
import { UnknownPriceMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { dimensionLabel } from '../view/dimensions.ts';
import { useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';
import { failureClasses } from './failures.tsx';

const choices = ['model', 'stage', 'provider', 'operation', 'key', 'release'];

/** Latency, failures and retries by what was called or what it was for. */
export function PerformanceTable() {
  const { view, change } = useView();
  const by = choices.find((name) => name === view.by[0]) ?? 'model';
  const answer = usePerformance([by], dimensionFilters(view.where), view.range);
  const columns = performanceColumns(by);
  const rows = answer.data?.rows ?? [];
  return (
    <Panel
      title={`By ${dimensionLabel(by).toLowerCase()}`}
      flush
      actions={
        <>
          <SegmentedControl
            aria-label="Group by"
            size="xs"
            value={by}
            onChange={(value) => change({ by: [value] }, true)}
            data={choices.map((value) => ({ value, label: dimensionLabel(value) }))}
          />
          <CsvButton fileName={`burnrate-performance-by-${by}.csv`} columns={columns} rows={rows} />
        </>
      }
    >
      <Loaded query={answer} height={220}>
        {(data) => (
          <DataTable
            label={`Performance by ${dimensionLabel(by).toLowerCase()}`}
            columns={columns}
            rows={data.rows}
            rowKey={(row) => String(row[by])}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function performanceColumns(by: string): readonly Column<PerformanceRow>[] {
  const where = (row: PerformanceRow) => ({ [by]: [String(row[by] ?? '')] });
  const nameOf = (row: PerformanceRow) => String(row[by] ?? '') || '(none)';
  return [
    {
      key: by,
      label: dimensionLabel(by),
      render: (row) => (
        <span className="row">
          <Cut text={nameOf(row)}>
            <Behind where={where(row)}>{nameOf(row)}</Behind>
          </Cut>
          <UnknownPriceMark attempts={row.unknownPriceAttempts} short />
        </span>
      ),
      csv: (row) => String(row[by] ?? ''),
      sort: (row) => String(row[by] ?? ''),
    },
    counted('attempts', 'Attempts', where, {}),
    shared('failedAttempts', 'Failed', where, { failure: failureClasses }),
    shared('rateLimitedAttempts', '429', where, { failure: ['rate_limited'] }),
    shared('furtherAttempts', 'Sent again', where, { reason: ['retry', 'fallback', 'hedge', 'repair'] }),
    shared('streamedAttempts', 'Streamed', where, { streamed: ['true'] }),
    ...measured('durationMs', 'Last byte', where),
    ...measured('firstTokenMs', 'First token', where),
    counted('silentAttempts', 'Silent', where, { usageSource: ['absent'] }),
    {
      key: 'bytes',
      label: 'Moved',
      number: true,
      render: (row) => <Behind where={where(row)}>{showBytes(row.requestBytes + row.responseBytes)}</Behind>,
      csv: (row) => row.requestBytes + row.responseBytes,
      sort: (row) => row.requestBytes + row.responseBytes,
    },
  ];
}

type Where = (row: PerformanceRow) => Readonly<Record<string, readonly string[]>>;
type CountName =
  | 'attempts'
  | 'failedAttempts'
  | 'rateLimitedAttempts'
  | 'furtherAttempts'
  | 'streamedAttempts'
  | 'silentAttempts';
type More = Readonly<Record<string, readonly string[]>>;

function counted(key: CountName, label: string, where: Where, more: More): Column<PerformanceRow> {
  return {
    key,
    label,
    number: true,
    render: (row) => <Behind where={{ ...where(row), ...more }}>{showCount(row[key])}</Behind>,
    csv: (row) => row[key],
    sort: (row) => row[key],
  };
}

/** As a share of the row's attempts; the file holds the count. */
function shared(key: CountName, label: string, where: Where, more: More): Column<PerformanceRow> {
  return {
    ...counted(key, label, where, more),
    render: (row) => (
      <span title={showCount(row[key])}>
        <Behind where={{ ...where(row), ...more }}>{showShare(row[key] / Math.max(1, row.attempts))}</Behind>
      </span>
    ),
    sort: (row) => row[key] / Math.max(1, row.attempts),
  };
}

function measured(key: 'durationMs' | 'firstTokenMs', label: string, where: Where): Column<PerformanceRow>[] {
  return (['p50', 'p95', 'p99'] as const).map((quantile) => {
    const of = (row: PerformanceRow): number | null => (row[key] as Quantiles | null)?.[quantile] ?? null;
    return {
      key: `${key}.${quantile}`,
      label: quantile === 'p50' ? `${label} p50` : quantile,
      number: true,
      render: (row) => {
        const ms = of(row);
        return ms === null ? unknownText : <Behind where={where(row)}>{showDuration(ms)}</Behind>;
      },
      csv: of,
      sort: (row) => of(row) ?? -1,
    };
  });
}
