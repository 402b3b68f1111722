import type { UseQueryResult } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { isRefusal } from '../api/client.ts';
import { useCosts, useTree } from '../api/queries.ts';
import type { WorkflowTree } from '../api/schema.ts';
import { CostOverTime } from '../charts/cost-over-time.tsx';
import { CostTreeChart } from '../charts/cost-tree-chart.tsx';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Breakdown } from '../parts/breakdown.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { ErrorState, Loaded } from '../parts/states.tsx';
import { treeRows } from '../tree/tree-rows.ts';
import { TreeTable } from '../tree/tree-table.tsx';
import { useStageCalls } from '../tree/use-stage-calls.ts';
import { bucketOf } from '../view/range.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { dimensionFilters, type Filters } from '../view/view-state.ts';
import { FiguresStrip } from './figures.tsx';
import layout from './layout.module.css';
import { Outcomes } from './outcomes.tsx';
import { PredictedTreeTable, TreeSwitch, treeNotes } from './predicted-tree.tsx';
import { ReleasesPanel } from './releases.tsx';

/** What the API calls the workflow of calls that name none. */
const nameless = '(none)';

/** One workflow: what an outcome costs, where the money goes, and down to the single call. */
export function WorkflowPage() {
  const { name } = useParams({ from: '/workflows/$name' });
  const { view } = useView();
  const tree = useTree({ workflow: name, where: view.where }, view.range);
  useTitle(name);
  return (
    <>
      <PageHead
        above={
          <Link to="/workflows" search={carry(view)}>
            Workflows
          </Link>
        }
        title={name}
        badges={tree.data && <WorkflowMarks data={tree.data} />}
      />
      <div className={layout.besideFilters}>
        <FilterBar />
        <Link to="/economics/behaviour" search={carry(view, { where: { ...view.where, workflow: [name] } })}>
          How its users behave
        </Link>
      </div>
      {tree.data === undefined && isRefusal(tree.error) ? (
        <ErrorState error={tree.error} />
      ) : (
        <WorkflowView name={name} tree={tree} />
      )}
    </>
  );
}

function WorkflowMarks({ data }: { readonly data: WorkflowTree }) {
  return (
    <>
      {data.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={data.figures.unknownPriceAttempts} />
      <EstimatedMark attempts={data.figures.estimatedAttempts} />
    </>
  );
}

interface WorkflowViewProps {
  readonly name: string;
  readonly tree: UseQueryResult<WorkflowTree>;
}

/** What cannot be read says so in its place; the rest is there. */
function WorkflowView({ name, tree }: WorkflowViewProps) {
  const { view } = useView();
  const where = useScope(name);
  return (
    <div className="stack">
      <Loaded query={tree} height={112}>
        {({ figures }) => <FiguresStrip where={where} figures={figures} />}
      </Loaded>
      <div className={layout.two}>
        <OverTime where={where} />
        <Panel title="Outcomes" note="How the runs of this range ended">
          <Loaded query={tree} height={160}>
            {({ figures }) => <Outcomes figures={figures} where={where} />}
          </Loaded>
        </Panel>
      </div>
      <Loaded query={tree} height={320}>
        {(data) => <CostTree data={data} where={where} />}
      </Loaded>
      <ReleasesPanel where={where} />
      <Breakdown key={name} where={where} by={view.by.length > 0 ? view.by : ['model']} title="Breakdown" />
    </div>
  );
}

/** Filters that hold this workflow and what the page is narrowed to; calls without a workflow have the empty name. */
function useScope(workflow: string): Filters {
  const { view } = useView();
  return useMemo(
    () => ({ ...dimensionFilters(view.where), workflow: [workflow === nameless ? '' : workflow] }),
    [view.where, workflow],
  );
}

function OverTime({ where }: { readonly where: Filters }) {
  const { view, change } = useView();
  const bucket = bucketOf(view.range);
  const query = {
    by: [bucket, 'stage'],
    where,
    orderBy: 'dimensions',
    limit: 10_000,
  } as const;
  const costs = useCosts(query, view.range);
  return (
    <Panel title="Cost over time" note={`Per ${bucket}, by stage`}>
      <Loaded query={costs} height={240}>
        {(answer) => (
          <CostOverTime
            costs={answer}
            bucket={bucketOf(view.range)}
            dimension="stage"
            onZoom={(range) => change({ range })}
          />
        )}
      </Loaded>
    </Panel>
  );
}

/** The tree as a picture and as a table; opening a stage in one opens it in the other. */
function CostTree({ data, where }: { readonly data: WorkflowTree; readonly where: Filters }) {
  const { view, change } = useView();
  const [openCalls, setOpenCalls] = useState<ReadonlySet<string>>(new Set());
  const stages = view.open.filter((name) => data.tree.children.some((stage) => stage.name === name));
  const opened = useStageCalls(where, view.range, stages);
  const open = new Set([...stages.map((name) => `stage:${name}`), ...openCalls]);
  const rows = treeRows(data.tree, open, opened.callsOf);
  const toggleStage = useCallback(
    (name: string) => change({ open: toggled(view.open, name) }, true),
    [change, view.open],
  );
  const toggle = (id: string) => {
    if (id.startsWith('stage:')) toggleStage(id.slice('stage:'.length));
    else setOpenCalls(new Set(toggled([...openCalls], id)));
  };
  return (
    <div className={layout.tree}>
      <div className={layout.sticky}>
        <Panel
          title="Where the money goes"
          note="Workflow → stage → what was bought. Choose a stage to list its calls."
        >
          <CostTreeChart tree={data.tree} onStage={toggleStage} />
        </Panel>
      </div>
      <Panel title="Cost tree" note={treeNotes[view.tree ?? 'actual']} flush actions={<TreeSwitch />}>
        {view.tree === undefined ? (
          <TreeTable
            label={`Cost tree of ${data.name}`}
            rows={rows}
            toggle={toggle}
            details={opened.details}
            where={where}
            more={opened.more}
            canShowMore={opened.canShowMore}
          />
        ) : (
          <PredictedTreeTable workflow={data.name} tree={view.tree} />
        )}
      </Panel>
    </div>
  );
}

function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
