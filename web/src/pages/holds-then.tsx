import { Link } from '@tanstack/react-router';
import type { RefusedCall } from '../api/schema.ts';
import { showAmount } from '../format/amount.ts';
import { plural } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { carry, useView } from '../view/use-view.ts';
import styles from './recommendations.module.css';

type Hold = RefusedCall['holds'][number];

/** Why one call was refused: what the budget had, and which calls in flight held of it at that moment. */
export function HoldsThen({ call }: { readonly call: RefusedCall }) {
  const { budget, holds, holdsInAll } = call;
  const unlisted = holdsInAll - holds.length;
  return (
    <section className={styles.accepted} aria-label="Why it was refused">
      <p>{call.message}</p>
      {budget !== null && (
        <p className="muted">
          Budget <strong>{budget.name}</strong>
          {budget.instance === '' ? '' : ` (${decodeURIComponent(budget.instance)})`}
          {budget.resetsAt === null ? '' : `, which starts anew at ${showMoment(budget.resetsAt)}`}.{' '}
          {holdsInAll === 0
            ? 'No call in flight of that gateway held any of it then.'
            : `${plural(holdsInAll, 'call')} in flight of that gateway held of it then${unlisted > 0 ? `, ${unlisted} of them smaller than those listed` : ''}:`}
        </p>
      )}
      {budget !== null && holds.length > 0 && (
        <DataTable
          label="Holds at that moment"
          columns={holdColumns(budget.unit)}
          rows={holds}
          rowKey={({ attemptId }) => attemptId}
        />
      )}
    </section>
  );
}

function holdColumns(unit: string): readonly Column<Hold>[] {
  return [
    { key: 'callId', label: 'Call', render: ({ callId }) => <HoldLink callId={callId} />, csv: ({ callId }) => callId },
    {
      key: 'user',
      label: 'User',
      render: ({ user }) => user ?? <span className="muted">(none)</span>,
      csv: ({ user }) => user,
    },
    {
      key: 'amount',
      label: 'Held',
      number: true,
      render: ({ amount }) => <span title={unit === 'usd' ? `$${amount}` : undefined}>{showAmount(unit, amount)}</span>,
      csv: ({ amount }) => amount,
    },
  ];
}

function HoldLink({ callId }: { readonly callId: string }) {
  const { view } = useView();
  if (callId === '') return <span className="muted">(ended)</span>;
  return (
    <Link to="/calls/$id" params={{ id: callId }} search={carry(view)} className="mono">
      {callId}
    </Link>
  );
}
