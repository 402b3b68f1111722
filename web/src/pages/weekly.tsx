import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { billedLines } from '../../../src/tree/index.ts';
import { useWeeklyReview } from '../api/reports.ts';
import type { Report, ReportTable } from '../api/schema.ts';
import { nowMs } from '../clock.ts';
import { lineWords } from '../format/line-words.ts';
import { alignMoney, maxMoney, moneyDigits, showUnitMoney, unknownText } from '../format/money.ts';
import { showBytes, showCount } from '../format/number.ts';
import { SimulatedMark } from '../parts/badges.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { EconomicPlaces } from '../parts/sub-places.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import type { RangeChoice } from '../view/range.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';

const weekMs = 7 * 86_400_000;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** This week beside the one before, as finance and operations read it together. */
export function WeeklyPage() {
  const { view } = useView();
  const day = view.open.find((text) => dayPattern.test(text)) ?? dayOf(nowMs());
  const review = useWeeklyReview(day);
  useTitle('Weekly review');
  return (
    <>
      <PageHead title="Economics" badges={review.data?.simulated && <SimulatedMark />} />
      <EconomicPlaces />
      <Loaded query={review}>{(data) => <Review report={data} day={day} />}</Loaded>
    </>
  );
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

interface ReviewProps {
  readonly report: Report;
  readonly day: string;
}

function Review({ report, day }: ReviewProps) {
  return (
    <div className="stack">
      <Panel title={weekText(report)} note="Beside the week before" actions={<WeekControl day={day} />}>
        {report.paragraphs.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </Panel>
      {report.tables.map((table) => (
        <ReportPanel key={table.title} table={table} week={report.range} />
      ))}
    </div>
  );
}

/** The week ends before the moment its range ends. */
function weekText({ range, timeZone }: Report): string {
  const format = new Intl.DateTimeFormat(undefined, { month: 'long', day: 'numeric', year: 'numeric', timeZone });
  return `Week of ${format.formatRange(Date.parse(range.from), Date.parse(range.to) - 1)}`;
}

function WeekControl({ day }: { readonly day: string }) {
  const { change } = useView();
  const move = (weeks: number) => change({ open: [dayOf(Date.parse(day) + weeks * weekMs)] });
  const latest = Date.parse(day) + weekMs > nowMs() + 1;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => move(-1)}>
        Week before
      </Button>
      <Button size="compact-sm" variant="default" disabled={latest} onClick={() => move(1)}>
        Week after
      </Button>
      {(['xlsx', 'html', 'markdown'] as const).map((format) => (
        <Button
          key={format}
          component="a"
          size="compact-sm"
          variant="default"
          href={`/api/reports/weekly?week=${day}&format=${format}`}
          download={`burnrate-week-${day}.${format === 'markdown' ? 'md' : format}`}
        >
          {format === 'markdown' ? 'Markdown' : format.toUpperCase()}
        </Button>
      ))}
    </>
  );
}

type Row = ReportTable['rows'][number];

interface ReportPanelProps {
  readonly table: ReportTable;
  readonly week: Report['range'];
}

function ReportPanel({ table, week }: ReportPanelProps) {
  const { total } = table;
  return (
    <TablePanel
      title={table.title}
      fileName={`burnrate-${table.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.csv`}
      columns={table.columns.map((_, index) => reportColumn(table, index, week))}
      rows={table.rows}
      rowKey={(row) => JSON.stringify(row)}
      {...(total === null ? {} : { total })}
      empty="Nothing to tell of this week."
    />
  );
}

/** Amounts a column lines up with: its own, and those beside it in a table that compares two weeks. */
function amountsOf({ columns, rows, total }: ReportTable, index: number): string[] {
  const compares = columns.some(({ title }) => title === 'this week');
  const counts = (at: number) => columns[at]?.kind === 'usd' && (compares || at === index);
  const all = total === null ? rows : [...rows, total];
  return all.flatMap((row) =>
    row.flatMap((cell, at) => (counts(at) && typeof cell === 'string' && cell !== '' ? [cell] : [])),
  );
}

function reportColumn(table: ReportTable, index: number, week: Report['range']): Column<Row> {
  const { title = '', kind = 'text' } = table.columns[index] ?? {};
  const unitAt = table.columns.findIndex((column) => column.title === 'unit');
  const digits = moneyDigits(maxMoney(amountsOf(table, index)));
  return {
    key: title,
    label: title.charAt(0).toUpperCase() + title.slice(1),
    number: kind !== 'text',
    render: (row) => {
      const text = cellText(row[index] ?? null, measured(kind, row[unitAt]), digits);
      if (title === 'line') return lineWords(text);
      if (kind === 'text')
        return named.has(title) ? <Cut text={text} /> : <span className="wrap">{unitWords[text] ?? text}</span>;
      if (text === unknownText || text === '') return text;
      return (
        <BehindCell
          text={text}
          where={narrowed(callsOf(table, row), title)}
          list={title === 'runs' ? '/runs' : '/calls'}
          range={title === 'week before' ? before(week) : fixed(week)}
        />
      );
    },
    csv: (row) => row[index] ?? null,
  };
}

const named: ReadonlySet<string> = new Set(['line', 'workflow', 'stage', 'team', 'plan']);

/** Filters of the calls a row is made of; null where it is made of something else, like people's time. */
function callsOf({ columns, total }: ReportTable, row: Row): Filters | null {
  const cells = columns.flatMap(({ title }, index) => (named.has(title) ? [[title, String(row[index] ?? '')]] : []));
  if (cells.length === 0) return null;
  if (row === total) return {};
  if (cells.some(([name, value]) => name === 'line' && !(billedLines as ReadonlySet<string>).has(value ?? '')))
    return null;
  return Object.fromEntries(cells.map(([name, value]) => [name, [value === '(none)' ? '' : value]]));
}

/** Of the calls of a row those a column counts. */
function narrowed(where: Filters | null, title: string): Filters | null {
  return where !== null && title === 'tried again' ? { ...where, reason: ['retry'] } : where;
}

const fixed = ({ from, to }: Report['range']): RangeChoice => ({
  ...{ kind: 'fixed', fromMs: Date.parse(from), toMs: Date.parse(to) },
});

const before = ({ from }: Report['range']): RangeChoice => ({
  ...{ kind: 'fixed', fromMs: Date.parse(from) - weekMs, toMs: Date.parse(from) },
});

interface BehindCellProps {
  readonly text: string;
  /** Null for what calls alone do not make: overheads, people's time, figures of several lines. */
  readonly where: Filters | null;
  readonly range: RangeChoice;
  readonly list: '/calls' | '/runs';
}

/** A review is of everything, whatever is filtered elsewhere. What is no sum of calls leads to the stack it is a part of. */
function BehindCell({ text, where, range, list }: BehindCellProps) {
  const { view } = useView();
  if (where === null) {
    return (
      <Link to="/economics" search={carry(view, { where: {}, range })} hash="stack" className="figure">
        {text}
      </Link>
    );
  }
  return (
    <Link to={list} search={carry(view, { where, range })} className="figure">
      {text}
    </Link>
  );
}

const unitWords: Readonly<Record<string, string>> = { usd: 'US dollars', gigabytes: 'bytes' };

/** A number of a table of measures is of its row's unit; dollars among them are told by being text. */
function measured(kind: string, unit: string | number | null | undefined): string {
  return kind === 'number' && (unit === 'share' || unit === 'gigabytes') ? unit : kind;
}

function cellText(cell: string | number | null, kind: string, digits: number): string {
  if (cell === null) return unknownText;
  if (kind === 'usd' && typeof cell === 'string') return cell === '' ? '' : alignMoney(cell, digits);
  // Of measures in several units those in dollars come as exact decimals.
  if (typeof cell === 'string') return kind === 'number' ? showUnitMoney(cell) : cell;
  if (kind === 'share') return `${(cell * 100).toFixed(1).replace(/^-0\.0$/, '0.0')}%`;
  if (kind === 'gigabytes') return showBytes(cell * 1e9);
  return kind === 'count' ? showCount(cell) : String(Number(cell.toPrecision(4)));
}
