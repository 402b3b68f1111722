import { Select, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { useInstance, usePrices } from '../api/queries.ts';
import type { Price } from '../api/schema.ts';
import { bucketLabel } from '../charts/flow.ts';
import { showCount } from '../format/number.ts';
import { Mark } from '../parts/badges.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import styles from './settings.module.css';

/** What calls are priced with: contract prices first, then self-hosted models, then the catalogue. */
export function PricesPanel() {
  const instance = useInstance();
  const [model, setModel] = useState('');
  const [provider, setProvider] = useState('');
  const prices = usePrices(provider, useDeferredValue(model.trim()));
  const rows = prices.data?.prices ?? [];
  const providers = (instance.data?.dataPlane.providers ?? []).map(({ name }) => name);
  return (
    <Panel
      title="Prices in force"
      note="US dollars per million tokens, or per million of what else is counted; yours go under prices: in burnrate.yaml"
      flush
      actions={<CsvButton fileName="burnrate-prices.csv" columns={columns} rows={rows} />}
    >
      <div className={styles.pad}>
        <div className={styles.form}>
          <TextInput
            label="Part of a model's name"
            placeholder="gpt-5, sonnet, flash…"
            maxLength={200}
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
          <Select
            label="Provider"
            placeholder="All configured"
            clearable
            clearButtonProps={{ 'aria-label': 'Every provider' }}
            data={providers}
            value={provider === '' ? null : provider}
            onChange={(value) => setProvider(value ?? '')}
          />
        </div>
      </div>
      <Loaded query={prices} height={220}>
        {(data) =>
          data.prices.length === 0 ? (
            <NothingHere>No price is known for such a model. Write one under prices: in burnrate.yaml.</NothingHere>
          ) : (
            <>
              <DataTable
                label="Prices in force"
                columns={columns}
                rows={data.prices}
                rowKey={(price) =>
                  `${price.rateCard} ${price.provider} ${price.model} ${price.tier} ${price.aboveInputTokens}`
                }
              />
              {data.pricesLeftOut > 0 && (
                <NothingHere>{showCount(data.pricesLeftOut)} more: type part of a name to find them.</NothingHere>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

const shown = ['input', 'cacheRead', 'cacheWrite5m', 'output'] as const;

const columns: readonly Column<Price>[] = [
  {
    key: 'provider',
    label: 'Provider',
    render: (price) => price.provider,
    csv: (price) => price.provider,
    sort: (price) => price.provider,
  },
  {
    key: 'model',
    label: 'Model',
    render: (price) => (
      <span className="row">
        {price.model}
        {price.source !== 'catalogue' && (
          <Mark tone="info" label={price.source} meaning="From burnrate.yaml; it goes before the catalogue." />
        )}
      </span>
    ),
    csv: (price) => price.model,
    sort: (price) => price.model,
  },
  { key: 'source', label: 'Source', hidden: true, render: (price) => price.source, csv: (price) => price.source },
  { key: 'tier', label: 'Tier', render: tierText, csv: (price) => price.tier, sort: (price) => price.tier },
  {
    key: 'aboveInputTokens',
    label: 'Above tokens',
    hidden: true,
    render: (price) => price.aboveInputTokens,
    csv: (price) => price.aboveInputTokens,
  },
  ...shown.map(
    (bucket): Column<Price> => ({
      key: bucket,
      label: bucketLabel(bucket),
      number: true,
      render: (price) => rate(price, bucket),
      csv: (price) => price.usdPerMillion[bucket] ?? null,
      sort: (price) => Number(price.usdPerMillion[bucket] ?? -1),
    }),
  ),
  { key: 'others', label: 'Also', render: othersText, csv: othersText },
  {
    key: 'from',
    label: 'From',
    render: (price) => dayText(price.from),
    csv: (price) => price.from,
    sort: (price) => price.from ?? '',
  },
  { key: 'until', label: 'Until', hidden: true, render: (price) => dayText(price.until), csv: (price) => price.until },
];

function rate(price: Price, bucket: string): string {
  const usd = price.usdPerMillion[bucket];
  return usd === undefined ? '—' : `$${usd}`;
}

function tierText(price: Price): string {
  const above = price.aboveInputTokens === 0 ? '' : `, above ${showCount(price.aboveInputTokens)} tokens`;
  return `${price.tier}${above}${price.timeOfDay === null ? '' : `, ${price.timeOfDay} UTC`}`;
}

const shownNames: ReadonlySet<string> = new Set(shown);

function othersText(price: Price): string {
  return Object.entries(price.usdPerMillion)
    .filter(([bucket]) => !shownNames.has(bucket))
    .map(([bucket, usd]) => `${bucketLabel(bucket)} $${usd}`)
    .join(', ');
}

const dayText = (moment: string | null): string => (moment === null ? '—' : moment.slice(0, 10));
