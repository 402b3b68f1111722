import { Link } from '@tanstack/react-router';
import type { CallInList } from '../api/schema.ts';
import { showUnitMoney } from '../format/money.ts';
import { showCount, showDuration } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { EstimatedMark, Mark, UnknownPriceMark } from '../parts/badges.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { carry, useView } from '../view/use-view.ts';

const last = (call: CallInList) => call.attempts.at(-1);
const modelOf = (call: CallInList) => last(call)?.model || last(call)?.modelRequested || '';

/** Calls wherever they are listed; whole calls have all that a list shows. */
export const callColumns: readonly Column<CallInList>[] = [
  {
    key: 'startedAt',
    label: 'Began',
    render: (call) => <CallLink call={call} />,
    csv: (call) => call.startedAt,
    sort: (call) => Date.parse(call.startedAt),
  },
  { key: 'id', label: 'Call', hidden: true, render: (call) => call.id, csv: (call) => call.id },
  {
    key: 'workflow',
    label: 'Workflow',
    render: (call) => <Named text={call.workflow} />,
    csv: (call) => call.workflow ?? null,
  },
  { key: 'stage', label: 'Stage', render: (call) => <Named text={call.stage} />, csv: (call) => call.stage ?? null },
  { key: 'model', label: 'Model', render: (call) => <Cut text={modelOf(call)} />, csv: modelOf, sort: modelOf },
  {
    key: 'status',
    label: 'Status',
    render: (call) => <Status call={call} />,
    csv: (call) => last(call)?.status ?? null,
    sort: (call) => last(call)?.status ?? 0,
  },
  {
    key: 'attempts',
    label: 'Attempts',
    number: true,
    render: (call) => <ToCall call={call}>{showCount(call.attempts.length)}</ToCall>,
    csv: (call) => call.attempts.length,
    sort: (call) => call.attempts.length,
  },
  {
    key: 'inputTokens',
    label: 'Tokens in',
    number: true,
    render: (call) => <ToCall call={call}>{showCount(call.inputTokens)}</ToCall>,
    csv: (call) => call.inputTokens,
    sort: (call) => call.inputTokens,
  },
  {
    key: 'outputTokens',
    label: 'Tokens out',
    number: true,
    render: (call) => <ToCall call={call}>{showCount(call.outputTokens)}</ToCall>,
    csv: (call) => call.outputTokens,
    sort: (call) => call.outputTokens,
  },
  {
    key: 'durationMs',
    label: 'Took',
    number: true,
    render: (call) => <ToCall call={call}>{showDuration(call.durationMs)}</ToCall>,
    csv: (call) => call.durationMs,
    sort: (call) => call.durationMs,
  },
  {
    key: 'costUsd',
    label: 'Cost',
    number: true,
    render: (call) => (
      <span title={call.costUsd === null ? undefined : `$${call.costUsd}`}>
        <ToCall call={call}>{showUnitMoney(call.costUsd)}</ToCall>
      </span>
    ),
    csv: (call) => call.costUsd,
    sort: (call) => Number(call.knownCostUsd),
  },
  { key: 'run', label: 'Run', render: (call) => <RunLink run={call.run} />, csv: (call) => call.run },
];

function Named({ text }: { readonly text: string | undefined }) {
  return text === undefined ? <None /> : <Cut text={text} />;
}

function None() {
  return <span className="muted">(none)</span>;
}

/** Figures of a call are explained on its page; the keyboard comes there by the row's first link. */
function ToCall({ call, children }: { readonly call: CallInList; readonly children: string }) {
  const { view } = useView();
  return (
    <Link to="/calls/$id" params={{ id: call.id }} search={carry(view)} tabIndex={-1} className="figure">
      {children}
    </Link>
  );
}

function CallLink({ call }: { readonly call: CallInList }) {
  const { view } = useView();
  return (
    <Link to="/calls/$id" params={{ id: call.id }} search={carry(view)} title={call.id}>
      {showMoment(call.startedAt)}
    </Link>
  );
}

function RunLink({ run }: { readonly run: string }) {
  const { view } = useView();
  if (run === '') return <None />;
  return (
    <Link to="/runs/$id" params={{ id: run }} search={carry(view)} className="mono" title={run}>
      …{run.slice(-6)}
    </Link>
  );
}

function Status({ call }: { readonly call: CallInList }) {
  const attempt = last(call);
  if (!attempt) return <None />;
  const status = attempt.status === 0 ? 'no answer' : String(attempt.status);
  const { failure } = attempt;
  return (
    <span className="row">
      <Mark
        tone={failure === null ? 'good' : 'bad'}
        label={failure?.replaceAll('_', ' ') ?? status}
        meaning={failure === null ? 'The last attempt was answered in full.' : `The last attempt failed: ${status}.`}
      />
      <UnknownPriceMark attempts={call.unknownPriceAttempts} short />
      <EstimatedMark attempts={call.estimatedAttempts} short />
    </span>
  );
}
