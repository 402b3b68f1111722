import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useRef, useState } from 'react';
import { idTimeMs } from '../format/id-time.ts';
import { alignMoney, moneyDigits, unknownText } from '../format/money.ts';
import { showCount, showShare, showShort } from '../format/number.ts';
import { showClock } from '../format/time.ts';
import { EstimatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { carry, useView } from '../view/use-view.ts';
import { moveInTree, type NodeRow, type SpecialRow, type TreeKey, type TreeRow } from './tree-rows.ts';
import styles from './tree-table.module.css';

interface TreeTableProps {
  readonly rows: readonly TreeRow[];
  readonly label: string;
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
  onFocus(id: string): void;
  toggle(id: string): void;
}

function Node({ row, current, digits, onFocus, toggle }: NodeProps) {
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
          <Toggle row={row} toggle={toggle} />
          <Name row={row} />
          <EstimatedMark attempts={node.counts.estimatedAttempts} short />
          <UnknownPriceMark attempts={node.counts.unknownPriceAttempts} short />
        </div>
      </td>
      <td className={styles.number} title={`$${node.totalUsd}`}>
        {priceless ? unknownText : alignMoney(node.totalUsd, row.level > 2 ? callDigits : digits)}
      </td>
      <td>
        <Share share={row.share} />
      </td>
      <td className={styles.number}>{row.level > 2 ? '' : showCount(node.counts.calls)}</td>
      <td className={styles.number}>{row.kind === 'attempt' ? '' : showCount(node.counts.attempts)}</td>
      <td className={styles.number} title={showCount(row.inputTokens)}>
        {showShort(row.inputTokens)}
      </td>
      <td className={styles.number} title={showCount(row.outputTokens)}>
        {showShort(row.outputTokens)}
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

function Name({ row }: { readonly row: NodeRow }) {
  const { view } = useView();
  if (row.kind === 'workflow') return <strong>{row.name}</strong>;
  if (row.kind === 'stage') return <span className={styles.stage}>{row.name === '' ? '(no stage)' : row.name}</span>;
  const madeMs = idTimeMs(row.name);
  const text = row.kind === 'attempt' ? `attempt ${row.position}` : madeMs === null ? row.name : showClock(madeMs);
  return (
    <Link
      to="/calls/$id"
      params={{ id: callIdOf(row) }}
      search={carry(view)}
      tabIndex={-1}
      className={styles.call}
      title={row.name}
    >
      {text}
      {row.kind === 'call' && madeMs !== null && <span className={styles.id}>{row.name.slice(-6)}</span>}
    </Link>
  );
}

function Share({ share }: { readonly share: number }) {
  return (
    <div className={styles.share}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${Math.min(100, share * 100)}%` }} />
      </span>
      <span className={styles.percent}>{showShare(share)}</span>
    </div>
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
    return <span className="muted">{showCount(row.rest)} older calls: choose a shorter or an earlier time range.</span>;
  }
  return (
    <button type="button" tabIndex={-1} className={styles.more} onClick={() => table.more(row.stage)}>
      Show older calls <span className="muted">({showCount(row.rest)} more)</span>
    </button>
  );
}
