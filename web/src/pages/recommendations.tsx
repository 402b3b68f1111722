import { type Recommendation, useAdvice } from '../api/economics.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits } from '../format/money.ts';
import { plural, showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { useView } from '../view/use-view.ts';
import styles from './recommendations.module.css';

/** Which change saves how much, tried on this product's own history, and the change itself. */
export function Recommendations() {
  const { view } = useView();
  const advice = useAdvice(view.range);
  const rows = advice.data?.recommendations ?? [];
  const columns = recommendationColumns(rows);
  return (
    <Panel
      title="What would save"
      note="Levers no stage uses yet, tried on the calls of this range; shown when all of the interval saves"
      flush
      actions={<CsvButton fileName="burnrate-recommendations.csv" columns={columns} rows={rows} />}
    >
      <Loaded query={advice} height={160}>
        {(data) =>
          data.recommendations.length === 0 ? (
            <NothingHere>
              Nothing that surely saves was found in {plural(data.stages, 'stage')} that burnrate.yaml describes and
              that ran.
            </NothingHere>
          ) : (
            <DataTable label="Recommendations" columns={columns} rows={data.recommendations} rowKey={(row) => row.id} />
          )
        }
      </Loaded>
    </Panel>
  );
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
    { key: 'lever', label: 'Lever', render: (row) => row.lever, csv: (row) => row.lever, sort: (row) => row.lever },
    {
      key: 'stage',
      label: 'Stage',
      render: (row) => (
        <>
          {row.stage} <span className="muted">{row.workflow}</span>
        </>
      ),
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
      label: 'Interval',
      number: true,
      render: (row) => `${alignMoney(row.evidence.lowUsd, digits)} to ${alignMoney(row.evidence.highUsd, digits)}`,
      csv: (row) => `${row.evidence.lowUsd} to ${row.evidence.highUsd}`,
    },
    {
      key: 'risk',
      label: 'Risk',
      render: (row) => <span className={styles.risk}>{row.risk}</span>,
      csv: (row) => row.risk,
    },
    {
      key: 'change',
      label: 'Change',
      render: (row) => <Change diff={row.change.diff} />,
      csv: (row) => row.change.diff,
    },
  ];
}

function Change({ diff }: { readonly diff: string }) {
  if (diff === '') return <span className="muted">no file is loaded</span>;
  return (
    <details>
      <summary>burnrate.yaml</summary>
      <pre className={styles.diff}>{diff}</pre>
    </details>
  );
}
