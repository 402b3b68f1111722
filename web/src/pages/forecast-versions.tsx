import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../api/client.ts';
import { useForecasts } from '../api/forecasts.ts';
import type { ForecastSummary } from '../api/schema.ts';
import { useMay } from '../api/use-may.ts';
import { showEstimate } from '../format/money.ts';
import { showMoment } from '../format/time.ts';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';

/** Which forecasts were made, and what changed before each. */
export function ForecastVersions() {
  const forecasts = useForecasts();
  return (
    <TablePanel
      title="Versions"
      label="Forecasts"
      note="A changed file, price, model or release is followed by a new forecast; none is ever changed"
      actions={useMay('finance') && <MakeForecast />}
      fileName="burnrate-forecasts.csv"
      query={forecasts}
      columns={columns}
      rows={forecasts.data?.forecasts ?? []}
      rowKey={({ id }) => id}
      rowsAtFirst={8}
      empty="None was made yet."
    />
  );
}

/** Keeps the forecast of the file as it is, to be held against the facts. */
function MakeForecast() {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => sendJson('POST', '/api/forecasts', {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ['forecasts'] }),
  });
  return (
    <>
      {make.error !== null && <span role="alert">{make.error.message}</span>}
      <Button size="compact-sm" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
        Forecast now
      </Button>
    </>
  );
}

const reasonWords: Readonly<Record<string, string>> = {
  first: 'the first',
  asked: 'asked for',
  file: 'burnrate.yaml changed',
  prices: 'prices changed',
  models: 'models changed',
  release: 'a new release',
  measured: 'more is measured',
  engine: 'a new Burnrate',
  from: 'a new month',
};

const reasonsText = ({ reasons }: ForecastSummary) => reasons.map((name) => reasonWords[name] ?? name).join(', ');
const totalOf = ({ scenarios, plainScenario }: ForecastSummary) => scenarios[plainScenario]?.totalUsd ?? null;

const columns: readonly Column<ForecastSummary>[] = [
  {
    key: 'madeAt',
    label: 'Made',
    render: ({ madeAt }) => showMoment(madeAt),
    csv: ({ madeAt }) => madeAt,
    sort: ({ madeAt }) => Date.parse(madeAt),
  },
  { key: 'id', label: 'Version', hidden: true, render: ({ id }) => id, csv: ({ id }) => id },
  { key: 'reasons', label: 'Because', render: reasonsText, csv: reasonsText },
  { key: 'madeBy', label: 'By', render: ({ madeBy }) => madeBy, csv: ({ madeBy }) => madeBy },
  {
    key: 'months',
    label: 'Of',
    render: ({ from, months }) => `${months} months from ${from}`,
    csv: ({ from, months }) => `${from} ${months}`,
  },
  {
    key: 'totalUsd',
    label: 'Expected',
    number: true,
    render: (row) => showEstimate(totalOf(row)?.mean ?? '0'),
    csv: (row) => totalOf(row)?.mean ?? null,
  },
  {
    key: 'interval',
    label: 'p10 to p90',
    number: true,
    render: (row) => {
      const total = totalOf(row);
      return total === null ? '' : `${showEstimate(total.p10)} to ${showEstimate(total.p90)}`;
    },
    csv: (row) => `${totalOf(row)?.p10 ?? ''} ${totalOf(row)?.p90 ?? ''}`,
  },
];
