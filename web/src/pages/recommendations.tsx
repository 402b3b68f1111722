import { Button } from '@mantine/core';
import { useAdvice } from '../api/economics.ts';
import type { Recommendation } from '../api/schema.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits } from '../format/money.ts';
import { plural, showShare } from '../format/number.ts';
import { SimulatedMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';
import { AcceptedChange } from './accepted-change.tsx';
import styles from './recommendations.module.css';

/** Which change saves how much, tried on this product's own history, and the change itself. */
export function Recommendations() {
  const { view } = useView();
  const advice = useAdvice(view.range);
  const rows = (advice.data?.recommendations ?? []).filter((row) => within(row, view.where));
  const columns = recommendationColumns(rows);
  const accepted = rows.find(({ id }) => view.open.includes(id));
  return (
    <Panel
      title="What would save"
      note={
        <span className="row">
          Levers no stage uses yet, tried on the calls of this range; shown when all of the interval saves
          {advice.data?.simulated && <SimulatedMark />}
        </span>
      }
      flush
      actions={<CsvButton fileName="burnrate-recommendations.csv" columns={columns} rows={rows} />}
    >
      <Loaded query={advice} height={160}>
        {(data) =>
          rows.length === 0 ? (
            <NothingHere>
              Nothing that surely saves was found in {plural(data.stages, 'stage')} that burnrate.yaml describes and
              that ran.
            </NothingHere>
          ) : (
            <DataTable label="Recommendations" columns={columns} rows={rows} rowKey={(row) => row.id} rowsAtFirst={8} />
          )
        }
      </Loaded>
      {accepted && <AcceptedChange recommendation={accepted} />}
    </Panel>
  );
}

/** Advice is about whole stages: of the filters only those of workflow and stage narrow it. */
function within(row: Recommendation, where: Filters): boolean {
  return (where.workflow?.includes(row.workflow) ?? true) && (where.stage?.includes(row.stage) ?? true);
}

function recommendationColumns(rows: readonly Recommendation[]): readonly Column<Recommendation>[] {
  const digits = moneyDigits(maxMoney(rows.map((row) => row.evidence.recordedUsd)));
  const behind = (row: Recommendation, text: string) => (
    <Behind where={{ workflow: [row.workflow], stage: [row.stage] }}>{text}</Behind>
  );
  const money = (key: 'recordedUsd' | 'savingUsd', label: string): Column<Recommendation> => ({
    key,
    label,
    number: true,
    render: (row) => <span title={`$${row.evidence[key]}`}>{behind(row, alignMoney(row.evidence[key], digits))}</span>,
    csv: (row) => row.evidence[key],
    sort: (row) => chartDollars(row.evidence[key]),
  });
  return [
    {
      key: 'lever',
      label: 'Lever',
      render: (row) => <Lever row={row} />,
      csv: (row) => `${row.lever}: ${settingText(row)}`,
      sort: (row) => row.lever,
    },
    {
      key: 'stage',
      label: 'Stage',
      hidden: true,
      render: (row) => row.stage,
      csv: (row) => `${row.workflow}/${row.stage}`,
      sort: (row) => `${row.workflow}/${row.stage}`,
    },
    money('recordedUsd', 'Cost'),
    money('savingUsd', 'Saves'),
    {
      key: 'share',
      label: 'Of the stage',
      number: true,
      render: (row) => behind(row, showShare(row.share)),
      csv: (row) => row.share,
      sort: (row) => row.share,
    },
    {
      key: 'interval',
      label: '90% interval',
      number: true,
      render: (row) => behind(row, intervalText(row, digits)),
      csv: (row) => `${row.evidence.lowUsd} to ${row.evidence.highUsd}`,
    },
    { key: 'change', label: 'Change', render: (row) => <Accept row={row} />, csv: (row) => row.change.diff },
    {
      key: 'risk',
      label: 'Risk',
      render: (row) => <span className={styles.risk}>{row.risk}</span>,
      csv: (row) => row.risk,
    },
  ];
}

function intervalText({ evidence }: Recommendation, digits: number): string {
  return `${alignMoney(evidence.lowUsd, digits)} to ${alignMoney(evidence.highUsd, digits)}`;
}

const leverWords: Readonly<Record<string, string>> = {
  cache: 'Cache answers',
  trim: 'Trim prompts',
  shorten: 'Shorten answers',
  retries: 'Retry less',
  switch: 'Switch model',
  batch: 'Batch',
};

/** What would stand in the file, in a line. */
function settingText({ change }: Recommendation): string {
  const { value } = change;
  if (value === null || typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name} ${String(each)}`)
    .join(', ');
}

function Lever({ row }: { readonly row: Recommendation }) {
  return (
    <>
      {leverWords[row.lever] ?? row.lever} <span className="muted">{settingText(row)}</span>
      <span className={styles.place}>
        {row.stage} <span className="muted">{row.workflow}</span>
      </span>
    </>
  );
}

function Accept({ row }: { readonly row: Recommendation }) {
  const { view, change } = useView();
  const shown = view.open.includes(row.id);
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-expanded={shown}
      aria-label={`${shown ? 'Hide the change' : 'Accept'}: ${row.lever} ${settingText(row)}, stage ${row.stage}`}
      onClick={() => change({ open: shown ? [] : [row.id] }, true)}
    >
      {shown ? 'Hide' : 'Accept'}
    </Button>
  );
}
