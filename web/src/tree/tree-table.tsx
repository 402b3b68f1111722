import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import type { AttemptInList, CallInList } from '../api/schema.ts';
import { alignMoney, moneyDigits, unknownText } from '../format/money.ts';
import { showCount, showDuration, showShort } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { EstimatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { carry, useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';
import { moveInTree, type NodeRow, type SpecialRow, type TreeKey, type TreeRow } from './tree-rows.ts';
import styles from './tree-table.module.css';

interface TreeTableProps {
  readonly rows: readonly TreeRow[];
  readonly label: string;
  /** What lists know of the calls shown: time, model, status. */
  readonly details: ReadonlyMap<string, CallInList>;
  /** Filters that hold the whole tree. */
  readonly where: Filters;
  toggle(rowId: string): void;
  more(stage: string): void;
  canShowMore(stage: string): boolean;
}

const treeKeys = new Set(['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft', 'Home', 'End']);
const columns = 7;
/** Decimals of a single call's cost. */
const callDigits = 6;

/** The cost tree as a treegrid: arrows move and open, Enter goes to a call. One row is in the tab order. */
export function TreeTable(props: TreeTableProps) {
  const { rows, label } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState('workflow');
  const active = rows.some((row) => row.id === current) ? current : 'workflow';
  const focusRow = (id: string) => {
    setCurrent(id);
    body.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus();
  };
  const activate = useActivate(props);
  const digits = moneyDigits(rows[0]?.type === 'node' ? rows[0].node.totalUsd : '0');
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows.find((candidate) => candidate.id === active);
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      activate(row);
    } else if (treeKeys.has(event.key)) {
      event.preventDefault();
      const move = moveInTree(rows, active, event.key as TreeKey);
      if (move?.type === 'focus') focusRow(move.id);
      if (move?.type === 'toggle') props.toggle(move.id);
    }
  };
  return (
    <div className={styles.scroll}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the treegrid pattern is made of a table. */}
      <table role="treegrid" aria-label={label} className={styles.table} onKeyDown={onKeyDown}>
        <TreeHead />
        <tbody ref={body}>
          {rows.map((row) =>
            row.type === 'node' ? (
              <Node
                key={row.id}
                row={row}
                current={row.id === active}
                digits={digits}
                onFocus={setCurrent}
                toggle={props.toggle}
                where={props.where}
                detail={props.details.get(callIdOf(row))}
              />
            ) : (
              <Special key={row.id} row={row} current={row.id === active} onFocus={setCurrent} table={props} />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

/** Enter on a call or attempt opens its page; on anything else it opens or closes. */
function useActivate({ toggle, more }: TreeTableProps): (row: TreeRow) => void {
  const navigate = useNavigate();
  const { view } = useView();
  return (row) => {
    if (row.type === 'more') more(row.stage);
    else if (row.type !== 'node') return;
    else if (row.kind === 'call' || row.kind === 'attempt') {
      void navigate({ to: '/calls/$id', params: { id: callIdOf(row) }, search: carry(view) });
    } else if (row.kind === 'stage') toggle(row.id);
  };
}

function callIdOf(row: NodeRow): string {
  return row.kind === 'attempt' && row.parentId !== null ? row.parentId.replace(/^call:/, '') : row.name;
}

function TreeHead() {
  return (
    <thead>
      <tr>
        <th scope="col">Where</th>
        <th scope="col" className={styles.number}>
          Cost
        </th>
        <th scope="col">Share</th>
        <th scope="col" className={styles.number}>
          Calls
        </th>
        <th scope="col" className={styles.number}>
          Attempts
        </th>
        <th scope="col" className={styles.number}>
          Tokens in
        </th>
        <th scope="col" className={styles.number}>
          Tokens out
        </th>
      </tr>
    </thead>
  );
}

interface NodeProps {
  readonly row: NodeRow;
  readonly current: boolean;
  /** Decimals of the cost column. */
  readonly digits: number;
  readonly where: Filters;
  readonly detail: CallInList | undefined;
  onFocus(id: string): void;
  toggle(id: string): void;
}

function Node({ row, current, digits, onFocus, toggle, where, detail }: NodeProps) {
  const { node } = row;
  const priceless = node.counts.attempts > 0 && node.counts.unknownPriceAttempts === node.counts.attempts;
  return (
    <tr
      data-row={row.id}
      data-kind={row.kind}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.expanded ?? undefined}
      tabIndex={current ? 0 : -1}
      onFocus={() => onFocus(row.id)}
      className={styles.row}
    >
      <td>
        <div className={styles.name} data-level={row.level}>
          <span className={styles.named}>
            <Toggle row={row} toggle={toggle} />
            <Name row={row} detail={detail} />
          </span>
          <EstimatedMark attempts={node.counts.estimatedAttempts} short />
          <UnknownPriceMark attempts={node.counts.unknownPriceAttempts} short />
        </div>
      </td>
      <td className={styles.number} title={`$${node.totalUsd}`}>
        <Count row={row} where={where}>
          {priceless ? unknownText : alignMoney(node.totalUsd, row.level > 2 ? callDigits : digits)}
        </Count>
      </td>
      <td>
        <Count row={row} where={where}>
          <ShareBar share={row.share} />
        </Count>
      </td>
      <td className={styles.number}>
        {row.level <= 2 && (
          <Count row={row} where={where}>
            {showCount(node.counts.calls)}
          </Count>
        )}
      </td>
      <td className={styles.number}>
        {row.kind !== 'attempt' && (
          <Count row={row} where={where}>
            {showCount(node.counts.attempts)}
          </Count>
        )}
      </td>
      <td className={styles.number} title={showCount(row.inputTokens)}>
        <Count row={row} where={where}>
          {showShort(row.inputTokens)}
        </Count>
      </td>
      <td className={styles.number} title={showCount(row.outputTokens)}>
        <Count row={row} where={where}>
          {showShort(row.outputTokens)}
        </Count>
      </td>
    </tr>
  );
}

function Toggle({ row, toggle }: { readonly row: NodeRow; toggle(id: string): void }) {
  if (row.expanded === null || row.level === 1) return <span className={styles.gap} aria-hidden="true" />;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.toggle}
      aria-label={`${row.expanded ? 'Close' : 'Open'} ${row.name}`}
      onClick={() => toggle(row.id)}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" data-open={row.expanded}>
        <path
          d="M6 3.5L10.5 8L6 12.5"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </button>
  );
}

/** A figure of a workflow or stage leads to its calls; one of a call is explained on the call's page. */
function Count({
  row,
  where,
  children,
}: {
  readonly row: NodeRow;
  readonly where: Filters;
  readonly children: ReactNode;
}) {
  const { view } = useView();
  if (row.level > 2) {
    return (
      <Link to="/calls/$id" params={{ id: callIdOf(row) }} search={carry(view)} tabIndex={-1} className="figure">
        {children}
      </Link>
    );
  }
  const narrowed = row.kind === 'stage' ? { ...where, stage: [row.name] } : where;
  return (
    <Link to="/calls" search={carry(view, { where: narrowed })} tabIndex={-1} className="figure">
      {children}
    </Link>
  );
}

function Name({ row, detail }: { readonly row: NodeRow; readonly detail: CallInList | undefined }) {
  const { view } = useView();
  if (row.kind === 'workflow') return <strong>{row.name}</strong>;
  if (row.kind === 'stage') return <span className={styles.stage}>{row.name === '' ? '(no stage)' : row.name}</span>;
  const attempt = detail?.attempts.find(({ id }) => id === row.name);
  const shown = attempt ?? detail?.attempts.at(-1);
  const text = row.kind === 'attempt' ? `attempt ${row.position}` : detail ? showMoment(detail.startedAt) : row.name;
  return (
    <Link
      to="/calls/$id"
      params={{ id: callIdOf(row) }}
      search={carry(view)}
      tabIndex={-1}
      className={styles.call}
      title={row.name}
    >
      <span className={styles.when}>{text}</span>
      {shown && <AttemptText attempt={shown} durationMs={attempt ? attempt.durationMs : (detail?.durationMs ?? 0)} />}
    </Link>
  );
}

function AttemptText({ attempt, durationMs }: { readonly attempt: AttemptInList; readonly durationMs: number }) {
  const status = attempt.status === 0 ? 'no answer' : String(attempt.status);
  return (
    <span className={styles.about}>
      <span>{attempt.model || attempt.modelRequested}</span>
      <span data-bad={attempt.failure !== null}>
        {attempt.failure === null ? status : `${status} ${attempt.failure.replaceAll('_', ' ')}`}
      </span>
      <span>{showDuration(durationMs)}</span>
    </span>
  );
}

interface SpecialProps {
  readonly row: SpecialRow;
  readonly current: boolean;
  onFocus(id: string): void;
  readonly table: TreeTableProps;
}

function Special({ row, current, onFocus, table }: SpecialProps) {
  return (
    <tr
      data-row={row.id}
      aria-level={row.level}
      tabIndex={current ? 0 : -1}
      onFocus={() => onFocus(row.id)}
      className={styles.row}
    >
      <td colSpan={columns}>
        <div className={styles.name} data-level={row.level}>
          <span className={styles.gap} aria-hidden="true" />
          <SpecialText row={row} table={table} />
        </div>
      </td>
    </tr>
  );
}

function SpecialText({ row, table }: { readonly row: SpecialRow; readonly table: TreeTableProps }) {
  if (row.type === 'waiting') return <span className="muted">Reading the newest calls…</span>;
  if (row.type === 'failed')
    return <span className="muted">The calls could not be read; they are asked for again.</span>;
  if (row.type === 'nothing') return <span className="muted">No calls in this range.</span>;
  if (!table.canShowMore(row.stage)) {
    return <OlderCalls row={row} where={table.where} />;
  }
  return (
    <button type="button" tabIndex={-1} className={styles.more} onClick={() => table.more(row.stage)}>
      Show older calls <span className="muted">({showCount(row.rest)} more)</span>
    </button>
  );
}

/** The tree lists so many; the rest is read page by page. */
function OlderCalls({ row, where }: { readonly row: SpecialRow; readonly where: Filters }) {
  const { view } = useView();
  return (
    <Link to="/calls" search={carry(view, { where: { ...where, stage: [row.stage] } })} tabIndex={-1}>
      All calls of this stage <span className="muted">({showCount(row.rest)} more)</span>
    </Link>
  );
}
