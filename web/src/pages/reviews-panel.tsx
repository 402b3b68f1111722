import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useReviewSummary, useReviews } from '../api/reviews.ts';
import type { Review } from '../api/schema.ts';
import { showMoney, unknownText } from '../format/money.ts';
import { plural } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { carry, useView } from '../view/use-view.ts';
import { Decide } from './review-decision.tsx';

/** Answers people look at: who waits, who works on what, and what it took. Nothing where nobody reviews. */
export function ReviewsPanel() {
  const { view } = useView();
  const reviews = useReviews();
  const summary = useReviewSummary(view.range);
  const rows = reviews.data?.reviews ?? [];
  if (reviews.data && rows.length === 0) return null;
  const { data: done } = summary;
  const queue = reviews.data?.queue;
  const cost = done?.costUsd === null ? 'without a rate' : showMoney(done?.costUsd ?? null);
  const opened = rows.find(({ id }) => view.open.includes(id));
  return (
    <TablePanel
      title="Reviews"
      id="reviews"
      note={
        queue &&
        `${plural(queue.waiting, 'answer')} waiting${queue.oldestWaitingAt === null ? '' : `, the oldest since ${showMoment(queue.oldestWaitingAt)}`}; ${queue.started} under way. ` +
          (done ? `In this range ${done.items} decided in ${Math.round(done.minutes)} minutes, ${cost}.` : '')
      }
      fileName="burnrate-reviews.csv"
      query={reviews}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      rowsAtFirst={10}
      empty="Nothing was sent to the queue."
    >
      {opened && <Decide key={opened.id} review={opened} />}
    </TablePanel>
  );
}

function Look({ row }: { readonly row: Review }) {
  const { view, change } = useView();
  const shown = view.open.includes(row.id);
  if (row.decision !== null) return <span className="muted">decided</span>;
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-expanded={shown}
      aria-label={`${shown ? 'Hide' : 'Look at'} ${row.id}`}
      onClick={() => change({ open: shown ? [] : [row.id] }, true)}
    >
      {shown ? 'Hide' : 'Look'}
    </Button>
  );
}

function CallLink({ row }: { readonly row: Review }) {
  const { view } = useView();
  if (row.call !== null) {
    return (
      <Cut text={row.call}>
        <Link to="/calls/$id" params={{ id: row.call }} search={carry(view)} className="mono">
          {row.call}
        </Link>
      </Cut>
    );
  }
  if (row.run === null) return unknownText;
  return (
    <Cut text={row.run}>
      <Link to="/runs/$id" params={{ id: row.run }} search={carry(view)} className="mono">
        {row.run}
      </Link>
    </Cut>
  );
}

const columns: readonly Column<Review>[] = [
  {
    key: 'state',
    label: 'State',
    render: ({ state, decision }) => (
      <Mark
        tone={decision === 'reject' ? 'bad' : state === 'waiting' ? 'warn' : 'plain'}
        label={decision ?? state}
        meaning="Where the review stands."
      />
    ),
    csv: ({ state, decision }) => decision ?? state,
    sort: ({ state }) => state,
  },
  {
    key: 'createdAt',
    label: 'Since',
    render: ({ createdAt }) => showMoment(createdAt),
    csv: ({ createdAt }) => createdAt,
    sort: ({ createdAt }) => Date.parse(createdAt),
  },
  {
    key: 'kind',
    label: 'Why',
    render: ({ kind, reason }) => <span className="wrap">{reason ?? kind}</span>,
    csv: ({ kind, reason }) => reason ?? kind,
  },
  {
    key: 'stage',
    label: 'Stage',
    render: ({ stage, workflow }) => (
      <Cut text={`${stage ?? ''} ${workflow ?? ''}`}>
        {stage ?? unknownText} <span className="muted">{workflow}</span>
      </Cut>
    ),
    csv: ({ stage, workflow }) => `${workflow ?? ''}/${stage ?? ''}`,
  },
  { key: 'call', label: 'Call', render: (row) => <CallLink row={row} />, csv: ({ call, run }) => call ?? run },
  {
    key: 'reviewer',
    label: 'By',
    render: ({ reviewer }) => (reviewer === null ? unknownText : <Cut text={reviewer} />),
    csv: ({ reviewer }) => reviewer,
  },
  {
    key: 'minutes',
    label: 'Minutes',
    number: true,
    render: ({ minutes, minutesSoFar }) => (minutes ?? minutesSoFar).toFixed(1),
    csv: ({ minutes, minutesSoFar }) => minutes ?? minutesSoFar,
    sort: ({ minutes, minutesSoFar }) => minutes ?? minutesSoFar,
  },
  { key: 'look', label: 'Look', render: (row) => <Look row={row} />, csv: ({ link }) => link },
];
