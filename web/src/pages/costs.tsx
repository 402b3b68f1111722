import { useCosts } from '../api/queries.ts';
import { CostOverTime } from '../charts/cost-over-time.tsx';
import { Breakdown } from '../parts/breakdown.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { behaviourFilter } from '../view/behaviour-filter.ts';
import { timeDimensions } from '../view/behind.ts';
import { dimensionLabel } from '../view/dimensions.ts';
import { bucketOf } from '../view/range.ts';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';

/** All costs by any dimension, narrowed by filters, down to the runs behind a number. */
export function CostsPage() {
  const { view, change } = useView();
  useTitle('Costs');
  const by = view.by.length > 0 ? view.by : ['workflow'];
  const bucket = bucketOf(view.range);
  const dimension = by.find((name) => !timeDimensions.has(name)) ?? 'workflow';
  // Bars of one run each say nothing; the stages of those runs do.
  const stackBy = ['run', 'session', 'interaction', 'user'].includes(dimension) ? 'stage' : dimension;
  const costs = useCosts(
    { by: [bucket, stackBy], where: view.where, orderBy: 'dimensions', limit: 10_000 },
    view.range,
  );
  return (
    <>
      <PageHead title="Costs" />
      <FilterBar also={[behaviourFilter]} />
      <div className="stack">
        <Panel title="Cost over time" note={`Per ${bucket}, by ${dimensionLabel(stackBy).toLowerCase()}`}>
          <Loaded query={costs} height={240}>
            {(answer) => (
              <CostOverTime costs={answer} bucket={bucket} dimension={stackBy} onZoom={(range) => change({ range })} />
            )}
          </Loaded>
        </Panel>
        <Breakdown
          title={`By ${by.map((name) => dimensionLabel(name).toLowerCase()).join(', then ')}`}
          where={view.where}
          by={by}
        />
      </div>
    </>
  );
}
