import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCosts } from '../api/queries.ts';
import type { CostRow, Costs } from '../api/schema.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, subtractMoney } from '../format/money.ts';
import type { Calendar } from '../view/calendar.ts';
import { dimensionLabel } from '../view/dimensions.ts';
import { dayOf, usuallyComparedBy } from '../view/overview-questions.ts';
import type { RangeChoice } from '../view/range.ts';
import { carry, useView } from '../view/use-view.ts';
import { UnknownPriceMark } from './badges.tsx';
import { Behind } from './behind.tsx';
import { type Column, CsvButton, DataTable } from './data-table.tsx';
import { Panel } from './panel.tsx';
import { Loaded, NothingHere } from './states.tsx';

interface Days {
  readonly before: RangeChoice;
  readonly after: RangeChoice;
}

interface ChangeTableProps {
  readonly calendar: Calendar;
}

interface Change {
  readonly name: string;
  /** Null when no price is known for anything of that day. */
  readonly beforeUsd: string | null;
  readonly afterUsd: string | null;
  readonly differenceUsd: string | null;
  readonly unknownPriceAttempts: number;
}

const choices = ['release', 'stage', 'model', 'workflow', 'team', 'feature'];

/** What costs more or less today than yesterday at the same time, the largest change first. */
export function ChangeTable({ calendar }: ChangeTableProps) {
  const { view } = useView();
  const [by, setBy] = useState(usuallyComparedBy);
  const [day, setDay] = useState('today');
  const { before, after } = day === 'today' ? sinceYesterday(calendar) : ofYesterday(calendar);
  const query = dayOf(view.where, by);
  const [old, now] = [useCosts(query, before), useCosts(query, after)];
  const changes = old.data && now.data ? changesOf(by, old.data, now.data) : [];
  const columns = changeColumns(
    by,
    changes,
    { before, after },
    day === 'today' ? ['Yesterday', 'Today'] : ['Day before', 'Yesterday'],
  );
  return (
    <Panel
      title={day === 'today' ? 'What changed since yesterday' : 'What changed yesterday'}
      note={
        day === 'today'
          ? 'Today so far against yesterday up to the same time, largest change first'
          : 'All of yesterday against the day before, largest change first'
      }
      flush
      actions={
        <>
          <SegmentedControl
            aria-label="Day"
            size="xs"
            value={day}
            onChange={setDay}
            data={[
              { value: 'today', label: 'Today' },
              { value: 'yesterday', label: 'Yesterday' },
            ]}
          />
          <SegmentedControl
            aria-label="Compare by"
            size="xs"
            value={by}
            onChange={setBy}
            data={choices.map((value) => ({ value, label: dimensionLabel(value) }))}
          />
          <CsvButton fileName={`burnrate-changes-by-${by}.csv`} columns={columns} rows={changes} />
        </>
      }
    >
      <Loaded query={old} height={180}>
        {() => (
          <Loaded query={now} height={180}>
            {() =>
              changes.length === 0 ? (
                <NothingHere>Nothing was spent on either day yet.</NothingHere>
              ) : (
                <DataTable
                  label="Changes since yesterday"
                  columns={columns}
                  rows={changes}
                  rowKey={(row) => row.name}
                />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

const sinceYesterday = ({ yesterday, today }: Calendar): Days => ({ before: yesterday, after: today });
const ofYesterday = ({ dayBefore, wholeYesterday }: Calendar): Days => ({ before: dayBefore, after: wholeYesterday });

function changesOf(by: string, before: Costs, after: Costs): Change[] {
  const rows = (answer: Costs) => new Map(answer.rows.map((row) => [String(row[by] ?? ''), row]));
  const [old, now] = [rows(before), rows(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => {
      const [was, is] = [old.get(name), now.get(name)];
      const [beforeUsd, afterUsd] = [knownCost(was), knownCost(is)];
      const differenceUsd = beforeUsd === null || afterUsd === null ? null : subtractMoney(afterUsd, beforeUsd);
      const unknownPriceAttempts = (was?.unknownPriceAttempts ?? 0) + (is?.unknownPriceAttempts ?? 0);
      return { name, beforeUsd, afterUsd, differenceUsd, unknownPriceAttempts };
    })
    .sort((a, b) => Math.abs(dollarsOf(b.differenceUsd)) - Math.abs(dollarsOf(a.differenceUsd)));
}

/** Nothing on a day is nothing spent; attempts without any price are unknown. */
function knownCost(row: CostRow | undefined): string | null {
  if (row === undefined) return '0';
  return row.attempts > 0 && row.unknownPriceAttempts === row.attempts ? null : row.costUsd;
}

/** A release leads to what it did to the cost of an outcome over both days. */
function Name({ by, name, days }: { readonly by: string; readonly name: string; readonly days: Days }) {
  const { view } = useView();
  if (name === '') return <span className="muted">(none)</span>;
  if (by !== 'release' || days.before.kind !== 'fixed' || days.after.kind !== 'fixed') return name;
  const range = { kind: 'fixed', fromMs: days.before.fromMs, toMs: days.after.toMs } as const;
  return (
    <Link to="/economics" hash="releases" search={carry(view, { range })}>
      {name}
    </Link>
  );
}

const dollarsOf = (decimal: string | null): number => (decimal === null ? 0 : chartDollars(decimal));

function changeColumns(
  by: string,
  changes: readonly Change[],
  days: Days,
  names: readonly [string, string],
): readonly Column<Change>[] {
  const digits = moneyDigits(maxMoney(changes.flatMap((row) => [row.beforeUsd, row.afterUsd])));
  const where = (row: Change) => ({ [by]: [row.name] });
  const money = (
    key: 'beforeUsd' | 'afterUsd' | 'differenceUsd',
    label: string,
    range: RangeChoice,
  ): Column<Change> => ({
    key,
    label,
    number: true,
    render: (row) => (
      <span title={row[key] === null ? undefined : `$${row[key]}`}>
        <Behind where={where(row)} range={range}>
          {key === 'differenceUsd' && row[key] !== null && row[key] !== '0' && !row[key].startsWith('-') ? '+' : ''}
          {alignMoney(row[key], digits)}
        </Behind>
      </span>
    ),
    csv: (row) => row[key],
    sort: (row) => dollarsOf(row[key]),
  });
  return [
    {
      key: by,
      label: dimensionLabel(by),
      render: (row) => (
        <span className="row">
          <Name by={by} name={row.name} days={days} />
          <UnknownPriceMark attempts={row.unknownPriceAttempts} short />
        </span>
      ),
      csv: (row) => row.name,
      sort: (row) => row.name,
    },
    money('beforeUsd', names[0], days.before),
    money('afterUsd', names[1], days.after),
    money('differenceUsd', 'Difference', days.after),
  ];
}
