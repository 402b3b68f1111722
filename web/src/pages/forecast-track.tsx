import { useForecastTrack } from '../api/forecasts.ts';
import type { ForecastTrack } from '../api/schema.ts';
import { lineWords } from '../format/line-words.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, unknownText } from '../format/money.ts';
import { plural, showShare } from '../format/number.ts';
import { Mark } from '../parts/badges.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { TablePanel } from '../parts/table-panel.tsx';

type Month = ForecastTrack['months'][number];

/** How good past forecasts were; without this a forecast is a guess. */
export function ForecastTrackPanel() {
  const track = useForecastTrack();
  const months = track.data?.months ?? [];
  const columns = trackColumns(months);
  return (
    <TablePanel
      title="How good past forecasts were"
      label="Track record"
      note="Months that were forecast before they began, beside what they cost"
      fileName="burnrate-track-record.csv"
      query={track}
      columns={columns}
      rows={months}
      rowKey={({ month, forecastId }) => `${month} ${forecastId}`}
      empty="No month that was forecast before it began has ended yet."
      before={track.data && <TrackFacts record={track.data.record} />}
    />
  );
}

const maybeShare = (share: number | null) => (share === null ? unknownText : showShare(Math.abs(share)));

function TrackFacts({ record }: { readonly record: ForecastTrack['record'] }) {
  const { bias } = record;
  return (
    <Facts>
      <Fact
        label="Inside the interval"
        value={maybeShare(record.inside80)}
        detail={`80% was promised; ${plural(record.months, 'month')}`}
      />
      <Fact label="Mean error" value={maybeShare(record.meanError)} detail="of the forecast" />
      <Fact
        label="Bias"
        value={maybeShare(bias)}
        detail={bias === null ? '' : bias > 0 ? 'forecasts were too low' : 'forecasts were too high'}
      />
    </Facts>
  );
}

function trackColumns(months: readonly Month[]): readonly Column<Month>[] {
  const digits = moneyDigits(maxMoney(months.map(({ total }) => total.factUsd)));
  const amount = (key: 'forecastUsd' | 'lowUsd' | 'highUsd' | 'factUsd', label: string): Column<Month> => ({
    key,
    label,
    number: true,
    render: ({ total }) => alignMoney(total[key], digits),
    csv: ({ total }) => total[key],
    sort: ({ total }) => chartDollars(total[key]),
  });
  return [
    {
      key: 'month',
      label: 'Month',
      render: ({ month }) => month,
      csv: ({ month }) => month,
      sort: ({ month }) => month,
    },
    {
      key: 'monthsAhead',
      label: 'Made ahead',
      number: true,
      render: ({ monthsAhead }) => plural(monthsAhead, 'month'),
      csv: ({ monthsAhead }) => monthsAhead,
    },
    ...[
      amount('forecastUsd', 'Forecast'),
      amount('lowUsd', 'p10'),
      amount('highUsd', 'p90'),
      amount('factUsd', 'Cost'),
    ],
    {
      key: 'inside',
      label: 'Inside',
      render: ({ total }) => (
        <Mark
          tone={total.inside ? 'good' : 'warn'}
          label={total.inside ? 'inside' : 'outside'}
          meaning="Whether the cost lies from p10 to p90."
        />
      ),
      csv: ({ total }) => String(total.inside),
    },
    {
      key: 'drivenBy',
      label: 'Missed most at',
      render: ({ drivenBy }) => (drivenBy === null ? unknownText : lineWords(drivenBy)),
      csv: ({ drivenBy }) => drivenBy,
    },
  ];
}
