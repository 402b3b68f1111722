import type { ReactNode } from 'react';
import type { Attempt, CostLine } from '../api/schema.ts';
import { bucketLabel } from '../charts/flow.ts';
import { lineWords } from '../format/line-words.ts';
import { chartDollars, unknownText } from '../format/money.ts';
import { showBytes, showCount, showDuration } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { EstimatedMark, Mark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import styles from './attempt-panel.module.css';

/** One request really sent upstream: how it went, what was billed. */
export function AttemptPanel({ attempt }: { readonly attempt: Attempt }) {
  return (
    <Panel
      title={`Attempt ${attempt.number}: ${attempt.provider}/${attempt.model || attempt.modelRequested}`}
      note={<Marks attempt={attempt} />}
      actions={<CsvButton fileName={`burnrate-${attempt.id}.csv`} columns={lineColumns} rows={attempt.lines} />}
      flush
    >
      <Details attempt={attempt} />
      {attempt.lines.length > 0 ? (
        <DataTable
          label={`Cost lines of attempt ${attempt.number}`}
          columns={lineColumns}
          rows={attempt.lines}
          rowKey={(line) => `${line.line}|${line.bucket}`}
        />
      ) : (
        <p className={styles.noLines}>{noLinesText(attempt)}</p>
      )}
      <div className={styles.sum}>
        <span>Cost of this attempt</span>
        <strong>{attempt.costUsd === null ? unknownText : `$${attempt.costUsd}`}</strong>
      </div>
    </Panel>
  );
}

function Marks({ attempt }: { readonly attempt: Attempt }) {
  return (
    <span className="row">
      <StatusMark attempt={attempt} />
      {attempt.reason !== 'first' && (
        <Mark
          tone="warn"
          label={`${attempt.reason} by ${attempt.layer}`}
          meaning="Why this was sent again, and which layer sent it."
        />
      )}
      {attempt.decisions.map((decision) => (
        <Mark
          key={decision}
          tone="warn"
          label={decision === 'endedEarly' ? 'ended early' : `brake ${decision}`}
          meaning={
            decision === 'endedEarly'
              ? 'Its budget had no more money, so the answer was ended as at its maximum.'
              : 'A brake of a budget was in force.'
          }
        />
      ))}
      {attempt.simulated && <SimulatedMark />}
      {attempt.usageSource === 'estimated' && <EstimatedMark />}
      {attempt.usageSource === 'absent' && (
        <Mark
          tone="bad"
          label="no usage reported"
          meaning="The provider answered without token counts, so nothing could be priced."
        />
      )}
      {attempt.priceState === 'unknown' && <UnknownPriceMark />}
    </span>
  );
}

function StatusMark({ attempt }: { readonly attempt: Attempt }) {
  const status = attempt.status === 0 ? 'no answer' : String(attempt.status);
  if (attempt.failure === null)
    return <Mark tone="good" label={`${status} ok`} meaning="The provider answered in full." />;
  return (
    <Mark tone="bad" label={`${status} · ${attempt.failure.replaceAll('_', ' ')}`} meaning="How this attempt failed." />
  );
}

function Details({ attempt }: { readonly attempt: Attempt }) {
  const asked = attempt.modelRequested !== attempt.model && attempt.model !== '' ? attempt.modelRequested : null;
  return (
    <dl className={styles.details}>
      <Detail label="Began">{showMoment(attempt.startedAt)}</Detail>
      <Detail label="First token">{showDuration(attempt.firstTokenMs ?? attempt.firstByteMs)}</Detail>
      <Detail label="Took">{showDuration(attempt.durationMs)}</Detail>
      <Detail label="Operation">
        {attempt.operation}
        {attempt.streamed ? ', streamed' : ''}
      </Detail>
      <Detail label="Tier">{attempt.tier || unknownText}</Detail>
      {asked !== null && <Detail label="Model asked for">{asked}</Detail>}
      <Detail label="Sent, received">
        {showBytes(attempt.requestBytes)}, {showBytes(attempt.responseBytes)}
      </Detail>
      {attempt.clientRetryCount > 0 && (
        <Detail label="Client's own retries">{showCount(attempt.clientRetryCount)}</Detail>
      )}
    </dl>
  );
}

function Detail({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function noLinesText(attempt: Attempt): string {
  if (attempt.priceState === 'unknown') {
    return 'The price of this model is not known, so its cost is unknown (not zero). Add it under prices: in burnrate.yaml.';
  }
  return attempt.usageSource === 'absent' ? 'No usage was reported.' : 'The provider bills nothing for this attempt.';
}

const lineColumns: readonly Column<CostLine>[] = [
  {
    key: 'bucket',
    label: 'Cost line',
    render: (line) => (
      <>
        {bucketLabel(line.bucket)} <span className="muted">{lineWords(line.line)}</span>
      </>
    ),
    csv: (line) => line.bucket,
  },
  { key: 'line', label: 'Unit', render: (line) => line.unit, csv: (line) => line.line },
  {
    key: 'quantity',
    label: 'Quantity',
    number: true,
    render: (line) => showCount(line.quantity),
    csv: (line) => line.quantity,
    sort: (line) => line.quantity,
  },
  {
    key: 'rateUsdPerMillion',
    label: 'Rate per million',
    number: true,
    render: (line) => `$${line.rateUsdPerMillion}`,
    csv: (line) => line.rateUsdPerMillion,
  },
  {
    key: 'costUsd',
    label: 'Cost',
    number: true,
    render: (line) => `$${line.costUsd}`,
    csv: (line) => line.costUsd,
    sort: (line) => chartDollars(line.costUsd),
  },
];
