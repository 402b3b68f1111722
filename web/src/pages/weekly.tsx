import { Button } from '@mantine/core';
import { type Report, type ReportTable, useWeeklyReview } from '../api/reports.ts';
import { nowMs } from '../clock.ts';
import { alignMoney, maxMoney, moneyDigits, unknownText } from '../format/money.ts';
import { showCount } from '../format/number.ts';
import { SimulatedMark } from '../parts/badges.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { EconomicPlaces } from '../parts/sub-places.tsx';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';

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
        <TablePanel key={table.title} table={table} />
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

function TablePanel({ table }: { readonly table: ReportTable }) {
  const columns = table.columns.map((_, index) => reportColumn(table, index));
  const fileName = `burnrate-${table.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.csv`;
  return (
    <Panel title={table.title} flush actions={<CsvButton fileName={fileName} columns={columns} rows={table.rows} />}>
      {table.rows.length === 0 ? (
        <NothingHere>Nothing to tell of this week.</NothingHere>
      ) : (
        <DataTable
          label={table.title}
          columns={columns}
          rows={table.rows}
          rowKey={(row) => JSON.stringify(row)}
          {...(table.total === null ? {} : { total: table.total })}
        />
      )}
    </Panel>
  );
}

function reportColumn({ columns, rows }: ReportTable, index: number): Column<Row> {
  const { title = '', kind = 'text' } = columns[index] ?? {};
  const amounts = rows.map((row) => row[index] ?? null).filter((cell): cell is string => typeof cell === 'string');
  const digits = kind === 'usd' ? moneyDigits(maxMoney(amounts)) : 0;
  return {
    key: title,
    label: title.charAt(0).toUpperCase() + title.slice(1),
    number: kind !== 'text',
    render: (row) => cellText(row[index] ?? null, kind, digits),
    csv: (row) => row[index] ?? null,
  };
}

function cellText(cell: string | number | null, kind: string, digits: number): string {
  if (cell === null) return unknownText;
  if (kind === 'usd' && typeof cell === 'string') return cell === '' ? '' : alignMoney(cell, digits);
  if (typeof cell === 'string') return cell;
  if (kind === 'share') return `${(cell * 100).toFixed(1)}%`;
  return kind === 'count' ? showCount(cell) : String(Number(cell.toPrecision(4)));
}
