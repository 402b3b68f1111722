import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { ApiError } from '../api/client.ts';
import { usePredictedTree } from '../api/forecasts.ts';
import type { MoneyInterval, PredictedTree } from '../api/schema.ts';
import { lineWords } from '../format/line-words.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, showMoney, unknownText } from '../format/money.ts';
import { showMoment } from '../format/time.ts';
import { Mark, SimulatedMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { carry, useView } from '../view/use-view.ts';
import { type TreeView, treeViews } from '../view/view-state.ts';
import layout from './layout.module.css';

export const treeNotes = {
  actual: 'Open a stage for its calls, newest first; a call for its attempts.',
  forecast: 'What the forecast in force expects of this range, stage by stage.',
  diff: 'Predicted, measured and their difference over the part of this range that lies behind us.',
} as const;

/** One tree, three ways to look at it. */
export function TreeSwitch() {
  const { view, change } = useView();
  return (
    <SegmentedControl
      aria-label="Side of the cost tree"
      size="xs"
      value={view.tree ?? 'actual'}
      data={[
        { value: 'actual', label: 'Measured' },
        { value: 'forecast', label: 'Predicted' },
        { value: 'diff', label: 'Difference' },
      ]}
      onChange={(value) => change({ tree: treeViews.find((name) => name === value) }, true)}
    />
  );
}

interface PredictedTreeTableProps {
  readonly workflow: string;
  readonly tree: TreeView;
}

/** What nodes of a predicted tree have, and those of a compared one beyond it. */
interface Node {
  readonly kind: string;
  readonly name: string;
  readonly predictedUsd: MoneyInterval | null;
  readonly measuredUsd?: string;
  readonly differenceUsd?: string;
  readonly inside?: boolean | null;
}

interface Row {
  readonly node: Node;
  readonly depth: number;
}

export function PredictedTreeTable({ workflow, tree }: PredictedTreeTableProps) {
  const { view } = useView();
  const answer = usePredictedTree(workflow, tree, view.range);
  if (answer.error instanceof ApiError && answer.error.code === 'forecast_missing') {
    return <NothingHere>{answer.error.message}</NothingHere>;
  }
  return (
    <Loaded query={answer} height={200}>
      {(data) => <Nodes data={data} workflow={workflow} compared={tree === 'diff'} />}
    </Loaded>
  );
}

interface NodesProps {
  readonly data: PredictedTree;
  readonly workflow: string;
  readonly compared: boolean;
}

function Nodes({ data, workflow, compared }: NodesProps) {
  const { view } = useView();
  const nodes: readonly Node[] = [data.tree, ...data.tree.children];
  const rows = nodes.map((node, index) => ({ node, depth: Math.min(index, 1) }));
  const columns = nodeColumns(rows, workflow, compared);
  const elsewhere = data.view === 'diff' ? data.notMeasured : [];
  return (
    <>
      <div className={layout.treeHead}>
        <span className="row">
          <span>
            Forecast of {showMoment(data.forecast.madeAt)}, scenario {data.forecast.scenario};{' '}
            {showMoment(data.range.from)} to {showMoment(data.range.to)}
          </span>
          {data.view === 'diff' && data.simulated && <SimulatedMark />}
        </span>
        <span className="row">
          <Link to="/forecast" search={carry(view)}>
            The forecast
          </Link>
          <CsvButton fileName={`burnrate-${workflow}-predicted.csv`} columns={columns} rows={rows} />
        </span>
      </div>
      <DataTable
        label={`Cost tree of ${workflow}, ${compared ? 'predicted and measured' : 'predicted'}`}
        columns={columns}
        rows={rows}
        rowKey={({ node }) => `${node.kind}:${node.name}`}
      />
      {elsewhere.length > 0 && (
        <p className={layout.treeNote}>
          Forecast and on no bill, so in no figure here:{' '}
          {elsewhere.map(({ line, predictedUsd }) => `${lineWords(line)} ${showMoney(predictedUsd)}`).join(', ')}
        </p>
      )}
    </>
  );
}

function nodeColumns(rows: readonly Row[], workflow: string, compared: boolean): readonly Column<Row>[] {
  const amounts = rows.flatMap(({ node }) => [node.predictedUsd?.mean ?? null, node.measuredUsd ?? null]);
  const digits = moneyDigits(maxMoney(amounts));
  const where = ({ node }: Row) =>
    node.kind === 'stage' ? { workflow: [workflow], stage: [node.name] } : { workflow: [workflow] };
  const money = (key: string, label: string, read: (node: Node) => string | null): Column<Row> => ({
    key,
    label,
    number: true,
    render: ({ node }) => alignMoney(read(node), digits),
    csv: ({ node }) => read(node),
    sort: ({ node }) => chartDollars(read(node) ?? '0'),
  });
  return [
    {
      key: 'where',
      label: 'Where',
      render: ({ node, depth }) => (
        <span className={depth === 0 ? layout.root : layout.branch}>{node.name || '(none)'}</span>
      ),
      csv: ({ node }) => node.name,
    },
    money('predictedUsd', 'Predicted', ({ predictedUsd }) => predictedUsd?.mean ?? null),
    money('p10Usd', 'p10', ({ predictedUsd }) => predictedUsd?.p10 ?? null),
    money('p90Usd', 'p90', ({ predictedUsd }) => predictedUsd?.p90 ?? null),
    ...(compared ? comparedColumns(digits, where) : []),
  ];
}

function comparedColumns(digits: number, where: (row: Row) => Readonly<Record<string, string[]>>): Column<Row>[] {
  const money = (key: 'measuredUsd' | 'differenceUsd', label: string): Column<Row> => ({
    key,
    label,
    number: true,
    render: (row) => {
      const usd = row.node[key] ?? null;
      const sign = key === 'differenceUsd' && usd !== null && usd !== '0' && !usd.startsWith('-') ? '+' : '';
      return <Behind where={where(row)}>{`${sign}${alignMoney(usd, digits)}`}</Behind>;
    },
    csv: ({ node }) => node[key] ?? null,
    sort: ({ node }) => chartDollars(node[key] ?? '0'),
  });
  return [
    money('measuredUsd', 'Measured'),
    money('differenceUsd', 'Difference'),
    {
      key: 'inside',
      label: 'Inside',
      render: ({ node }) => <Inside node={node} />,
      csv: ({ node }) => String(node.inside),
    },
  ];
}

function Inside({ node: { inside } }: { readonly node: Node }) {
  if (inside === null || inside === undefined) return <span className="muted">{unknownText}</span>;
  return (
    <Mark
      tone={inside ? 'good' : 'warn'}
      label={inside ? 'inside' : 'outside'}
      meaning="Whether what was measured lies from p10 to p90 of the forecast."
    />
  );
}
