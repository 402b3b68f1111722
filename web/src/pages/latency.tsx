import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { usePerformance } from '../api/queries.ts';
import type { Performance, Quantiles } from '../api/schema.ts';
import { SeriesOverTime, type TimedSeries } from '../charts/series-over-time.tsx';
import { timeline } from '../charts/time-series.ts';
import { showDuration } from '../format/number.ts';
import { parseBucket } from '../format/time.ts';
import { Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { type BucketName, bucketOf } from '../view/range.ts';
import { useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';

type Measure = 'durationMs' | 'firstTokenMs';
const quantiles = ['p50', 'p95', 'p99'] as const;

/** How long people waited, in the middle and at the slow end. */
export function LatencyOverTime() {
  const { view, change } = useView();
  const [measure, setMeasure] = useState<Measure>('durationMs');
  const bucket = bucketOf(view.range);
  const answer = usePerformance([bucket], dimensionFilters(view.where), view.range);
  return (
    <Panel
      title="Latency"
      note={`Per ${bucket}: half, 95% and 99% of attempts took no longer`}
      actions={
        <SegmentedControl
          aria-label="What is measured"
          size="xs"
          value={measure}
          onChange={(value) => setMeasure(value as Measure)}
          data={[
            { value: 'durationMs', label: 'Last byte' },
            { value: 'firstTokenMs', label: 'First token' },
          ]}
        />
      }
    >
      <Loaded query={answer} height={220}>
        {(data) => <LatencyChart data={data} bucket={bucket} measure={measure} onZoom={(range) => change({ range })} />}
      </Loaded>
    </Panel>
  );
}

interface LatencyChartProps {
  readonly data: Performance;
  readonly bucket: BucketName;
  readonly measure: Measure;
  readonly onZoom: Parameters<typeof SeriesOverTime>[0]['onZoom'];
}

function LatencyChart({ data, bucket, measure, onZoom }: LatencyChartProps) {
  const { times, series } = useMemo(() => latencySeries(data, bucket, measure), [data, bucket, measure]);
  return (
    <SeriesOverTime
      label={`Latency per ${bucket}; the table below holds the same by model, stage or provider.`}
      times={times}
      series={series}
      bucket={bucket}
      as="lines"
      format={showDuration}
      onZoom={onZoom}
    />
  );
}

function latencySeries(data: Performance, bucket: BucketName, measure: Measure) {
  const byTime = new Map(data.rows.map((row) => [parseBucket(String(row[bucket])), row[measure] as Quantiles | null]));
  const times = timeline([...byTime.keys()], bucket, Date.parse(data.range.from), Date.parse(data.range.to));
  const series = quantiles.map(
    (name, colour): TimedSeries => ({ name, colour, values: times.map((time) => byTime.get(time)?.[name] ?? null) }),
  );
  return { times, series };
}
