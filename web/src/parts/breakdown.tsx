import { Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { attributionNames } from '../../../src/tree/index.ts';
import { useCosts, useInstance } from '../api/queries.ts';
import type { CostRow, Costs } from '../api/schema.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, shareOf, showMoney, unknownText } from '../format/money.ts';
import { plural, showCount, showShort } from '../format/number.ts';
import { behindRow, timeDimensions } from '../view/behind.ts';
import { dimensionGroups, dimensionLabel, nextDimension } from '../view/dimensions.ts';
import { carry, useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from './badges.tsx';
import { Behind } from './behind.tsx';
import styles from './breakdown.module.css';
import { Cut } from './cut.tsx';
import { type Column, CsvButton, DataTable } from './data-table.tsx';
import { Panel } from './panel.tsx';
import { ShareBar } from './share-bar.tsx';
import { Loaded, NothingHere } from './states.tsx';

interface BreakdownProps {
  readonly title: string;
  readonly where: Filters;
  readonly by: readonly string[];
}

/** Rows shown at once; the CSV file holds the same. */
const rowsMax = 500;

/** What matched, by any dimension or two; every row leads on to what is behind it. */
export function Breakdown({ title, where, by }: BreakdownProps) {
  const { view } = useView();
  const overTime = by.some((name) => timeDimensions.has(name));
  const costs = useCosts({ by, where, orderBy: overTime ? 'dimensions' : 'cost', limit: rowsMax }, view.range);
  const shown = costs.data;
  const columns = shown ? breakdownColumns(shown, where) : [];
  return (
    <Panel
      title={title}
      note={shown && <Summary costs={shown} where={where} />}
      flush
      actions={
        <>
          <ByControl by={by} />
          <CsvButton fileName={`burnrate-costs-by-${by.join('-')}.csv`} columns={columns} rows={shown?.rows ?? []} />
        </>
      }
    >
      <Loaded query={costs} height={220}>
        {(data) =>
          data.rows.length === 0 ? (
            <NothingHere>No calls in this range{Object.keys(where).length > 0 && ' match these filters'}.</NothingHere>
          ) : (
            <DataTable
              label={`Costs by ${data.by.map(dimensionLabel).join(' and ')}`}
              columns={columns}
              rows={data.rows}
              rowKey={(row) => data.by.map((name) => row[name]).join('|')}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Summary({ costs, where }: { readonly costs: Costs; readonly where: Filters }) {
  const { total } = costs;
  const cut =
    costs.rowsLeftOut > 0 ? ` ${showCount(costs.rowsLeftOut)} further rows are in the total but not listed.` : '';
  return (
    <span className="row">
      <span>
        <strong className={styles.total} title={`$${costs.totalUsd}`}>
          <Behind where={where}>{showMoney(costs.totalUsd)}</Behind>
        </strong>{' '}
        in all · {plural(total.calls, 'call')} · {showShort(total.inputTokens)} tokens in,{' '}
        {showShort(total.outputTokens)} out.
        {cut}
      </span>
      {costs.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={total.unknownPriceAttempts} />
      <EstimatedMark attempts={total.estimatedAttempts} />
    </span>
  );
}

const choices = dimensionGroups.map(({ group, items }) => ({
  group,
  items: items.map((value) => ({ value, label: dimensionLabel(value) })),
}));

function ByControl({ by }: { readonly by: readonly string[] }) {
  const { change } = useView();
  const [first = 'model', second] = by;
  return (
    <div className={styles.by}>
      <Select
        aria-label="Group by"
        size="xs"
        w={150}
        data={withOwn(first)}
        value={first}
        allowDeselect={false}
        searchable
        onChange={(value) => value !== null && change({ by: [value, ...by.slice(1).filter((name) => name !== value)] })}
      />
      <Select
        aria-label="Then by"
        size="xs"
        w={150}
        data={withOwn(second)}
        value={second ?? null}
        placeholder="Then by…"
        clearable
        clearButtonProps={{ 'aria-label': 'Group by one dimension only' }}
        searchable
        onChange={(value) => change({ by: value === null || value === first ? [first] : [first, value] })}
      />
    </div>
  );
}

/** Tags come from the URL and are not in the list of known dimensions. */
function withOwn(name: string | undefined) {
  if (!name?.startsWith('tag.')) return choices;
  return [...choices, { group: 'Tags', items: [{ value: name, label: dimensionLabel(name) }] }];
}

function breakdownColumns(costs: Costs, where: Filters): Column<CostRow>[] {
  const dimensions = costs.by.map(
    (name): Column<CostRow> => ({
      key: name,
      label: dimensionLabel(name),
      render: (row) => <Value row={row} name={name} where={where} />,
      csv: (row) => row[name] ?? null,
      sort: (row) => String(row[name] ?? ''),
    }),
  );
  const digits = moneyDigits(maxMoney(costs.rows.map((row) => row.costUsd)));
  return [
    ...dimensions,
    {
      key: 'costUsd',
      label: 'Cost',
      number: true,
      render: (row) => <CostCell row={row} by={costs.by} where={where} digits={digits} />,
      csv: (row) => row.costUsd,
      sort: (row) => chartDollars(row.costUsd),
    },
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (row) => (
        <BehindRow row={row} by={costs.by} where={where}>
          <ShareBar share={shareOf(row.costUsd, costs.totalUsd)} />
        </BehindRow>
      ),
      csv: (row) => shareOf(row.costUsd, costs.totalUsd),
    },
    ...countColumns(costs, where),
  ];
}

/** A run counts in the group of its first attempt, which says nothing where attempts of one run differ. */
const runDimensions: ReadonlySet<string> = new Set([...attributionNames, 'simulated', 'key']);

const countNames = [
  ['runs', 'Runs'],
  ['calls', 'Calls'],
  ['attempts', 'Attempts'],
  ['inputTokens', 'Tokens in'],
  ['cacheReadTokens', 'Cached'],
  ['outputTokens', 'Tokens out'],
] as const;

function countColumns(costs: Costs, where: Filters): Column<CostRow>[] {
  const ofRuns = costs.by.every((name) => runDimensions.has(name) || timeDimensions.has(name));
  return countNames
    .filter(([key]) => key !== 'runs' || ofRuns)
    .map(([key, label]) => ({
      key,
      label,
      number: true,
      render: (row) => (
        <BehindRow row={row} by={costs.by} where={where} list={key === 'runs' ? 'runs' : 'calls'}>
          {showCount(row[key])}
        </BehindRow>
      ),
      csv: (row) => row[key],
      sort: (row) => row[key],
    }));
}

interface ValueProps {
  readonly row: CostRow;
  readonly name: string;
  readonly where: Filters;
}

/** A dimension's value: leads to the run itself, or to the same costs narrowed to it. */
function Value({ row, name, where }: ValueProps) {
  const { view } = useView();
  const value = row[name] ?? null;
  if (timeDimensions.has(name)) {
    return (
      <BehindRow row={row} by={[name]} where={where}>
        {String(value)}
      </BehindRow>
    );
  }
  if (name === 'run' && typeof value === 'string' && value !== '') {
    return (
      <Cut text={value}>
        <Link to="/runs/$id" params={{ id: value }} search={carry(view)} className="mono">
          {value}
        </Link>
      </Cut>
    );
  }
  const text = value === null || value === '' ? <span className="muted">(none)</span> : String(value);
  const narrowed = { ...where, [name]: [String(value ?? '')] };
  return (
    <Cut text={String(value ?? '')}>
      <NarrowLink where={narrowed} by={nextDimension(name, Object.keys(narrowed))}>
        {text}
      </NarrowLink>
    </Cut>
  );
}

interface BehindRowProps {
  readonly row: CostRow;
  readonly by: readonly string[];
  readonly where: Filters;
  readonly list?: 'calls' | 'runs';
  readonly children: ReactNode;
}

/** A number leads to the calls, or runs, that made it: filters and time of its row. */
function BehindRow({ row, by, where, list = 'calls', children }: BehindRowProps) {
  const { view } = useView();
  const instance = useInstance();
  const target = behindRow(row, by, { where, range: view.range }, instance.data?.timeZone ?? 'UTC');
  return (
    <Behind where={target.where} range={target.range} list={list}>
      {children}
    </Behind>
  );
}

/** A cost of which nothing is known is a dash, never zero; one of which a part is missing says so. */
function CostCell({ digits, ...behind }: Omit<BehindRowProps, 'children'> & { readonly digits: number }) {
  const { row } = behind;
  const unknown = row.attempts > 0 && row.unknownPriceAttempts === row.attempts;
  return (
    <span className={styles.cost} title={unknown ? undefined : `$${row.costUsd}`}>
      <UnknownPriceMark attempts={row.unknownPriceAttempts} short />
      <BehindRow {...behind}>{unknown ? unknownText : alignMoney(row.costUsd, digits)}</BehindRow>
    </span>
  );
}

function NarrowLink({
  where,
  by,
  children,
}: {
  readonly where: Filters;
  readonly by: string;
  readonly children: ReactNode;
}) {
  const { view } = useView();
  return (
    <Link to="/costs" search={carry(view, { where, by: [by] })}>
      {children}
    </Link>
  );
}
