import { Button, Select } from '@mantine/core';
import { economicParams } from '../api/economics.ts';
import { useLive } from '../api/live.tsx';
import type { CostStack, StackGroup } from '../api/schema.ts';
import { chartDollars, maxMoney, moneyDigits, shareOf, showMoney } from '../format/money.ts';
import { showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import styles from '../parts/breakdown.module.css';
import { Cut } from '../parts/cut.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { countColumn, moneyColumn } from '../parts/figure-columns.tsx';
import { Panel } from '../parts/panel.tsx';
import { dimensionGroups, dimensionLabel } from '../view/dimensions.ts';
import { resolveRange } from '../view/range.ts';
import { useView } from '../view/use-view.ts';
import { pivotOf } from './pivot.ts';
import { PivotTable, pivotColumns } from './pivot-table.tsx';

/** Who pays: the full cost shared out by one dimension or two, overheads included, to the last picodollar. */
export function Allocation({ stack, by }: SharedProps) {
  return (
    <Panel
      title="Who pays"
      note={
        <>
          The full cost shared out, overheads included:{' '}
          <strong title={`$${stack.totalUsd}`}>
            <Behind>{showMoney(stack.totalUsd)}</Behind>
          </strong>{' '}
          in all. A chargeback file holds it line by line and sums to the same.
        </>
      }
      flush
      actions={
        <>
          <ByControl by={by} />
          <Export stack={stack} by={by} />
          <Chargeback by={by} />
        </>
      }
    >
      <Shared stack={stack} by={by} />
    </Panel>
  );
}

/** Lines are told apart by the stack itself. */
export function allocationOf(by: readonly string[]): readonly string[] {
  const told = by.filter((name) => name !== 'line' && name !== 'bucket').slice(0, 2);
  return told.length === 0 ? ['team'] : told;
}

interface SharedProps {
  readonly stack: CostStack;
  readonly by: readonly string[];
}

function Shared({ stack, by }: SharedProps) {
  const [first = 'team', second] = by;
  if (second !== undefined) return <PivotTable pivot={pivotOf(stack, first, second)} row={first} column={second} />;
  return (
    <DataTable
      label={`Full cost by ${dimensionLabel(first).toLowerCase()}`}
      columns={groupColumns(first, stack)}
      rows={stack.groups}
      rowKey={(row) => String(row.dimensions[first])}
    />
  );
}

function Export({ stack, by }: SharedProps) {
  const [first = 'team', second] = by;
  const fileName = `burnrate-allocation-by-${by.join('-')}.csv`;
  if (second === undefined) {
    return <CsvButton fileName={fileName} columns={groupColumns(first, stack)} rows={stack.groups} />;
  }
  const pivot = pivotOf(stack, first, second);
  return <CsvButton fileName={fileName} columns={pivotColumns(pivot, first, second)} rows={pivot.rows} />;
}

const choices = dimensionGroups
  .filter(({ group }) => group !== 'What it cost for')
  .map(({ group, items }) => ({ group, items: items.map((value) => ({ value, label: dimensionLabel(value) })) }));

function ByControl({ by }: { readonly by: readonly string[] }) {
  const { change } = useView();
  const [first = 'team', second] = by;
  const set = (...names: readonly (string | null | undefined)[]) =>
    change({ by: names.filter((name): name is string => typeof name === 'string') }, true);
  return (
    <div className={styles.by}>
      <Select
        aria-label="Share out by"
        size="xs"
        w={150}
        data={choices}
        value={first}
        allowDeselect={false}
        searchable
        onChange={(value) => set(value, value === second ? null : second)}
      />
      <Select
        aria-label="Across"
        size="xs"
        w={150}
        data={choices}
        value={second ?? null}
        placeholder="Across…"
        clearable
        clearButtonProps={{ 'aria-label': 'Share out by one dimension only' }}
        searchable
        onChange={(value) => set(first, value === first ? null : value)}
      />
    </div>
  );
}

/** The file is asked for the moment that is on the screen, so that both sum to the same. */
function Chargeback({ by }: { readonly by: readonly string[] }) {
  const { view } = useView();
  const { moment } = useLive();
  const href = (format: string) => {
    const params = economicParams(resolveRange(view.range, moment.current), view.where);
    params.set('by', by.join(','));
    params.set('format', format);
    return `/api/reports/chargeback?${params}`;
  };
  return ['csv', 'xlsx'].map((format) => (
    <Button
      key={format}
      component="a"
      size="compact-sm"
      variant="default"
      href={href(format)}
      download={`burnrate-chargeback-by-${by.join('-')}.${format}`}
      onClick={(event) => {
        event.currentTarget.href = href(format);
      }}
    >
      Chargeback {format.toUpperCase()}
    </Button>
  ));
}

function groupColumns(by: string, stack: CostStack): readonly Column<StackGroup>[] {
  const digits = moneyDigits(maxMoney(stack.groups.map((row) => row.totalUsd)));
  const nameOf = (row: StackGroup) => row.dimensions[by] ?? '';
  const behindIn = (list: 'calls' | 'runs') => (row: StackGroup, text: string) => (
    <Behind where={{ [by]: [nameOf(row)] }} list={list}>
      {text}
    </Behind>
  );
  const behind = behindIn('calls');
  return [
    {
      key: by,
      label: dimensionLabel(by),
      render: (row) => (nameOf(row) ? <Cut text={nameOf(row)} /> : <span className="muted">(none)</span>),
      csv: nameOf,
      sort: nameOf,
    },
    moneyColumn('totalUsd', 'Full cost', digits, behind),
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (row) => behind(row, showShare(shareOf(row.totalUsd, stack.totalUsd))),
      csv: (row) => shareOf(row.totalUsd, stack.totalUsd),
      sort: (row) => chartDollars(row.totalUsd),
    },
    moneyColumn('tokenUsd', 'Of it tokens', digits, behind),
    countColumn('runs', 'Runs', behindIn('runs')),
    countColumn('calls', 'Calls', behind),
    countColumn('tokens', 'Tokens', behind),
  ];
}
