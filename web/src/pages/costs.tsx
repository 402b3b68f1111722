import { CloseButton } from '@mantine/core';
import { useCosts } from '../api/queries.ts';
import { CostOverTime } from '../charts/cost-over-time.tsx';
import { Breakdown } from '../parts/breakdown.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { dimensionLabel } from '../view/dimensions.ts';
import { bucketOf } from '../view/range.ts';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';
import { withoutFilter } from '../view/view-state.ts';
import styles from './costs.module.css';

const timeNames = new Set(['minute', 'hour', 'day', 'week', 'month']);

/** All costs by any dimension, narrowed by filters, down to the runs behind a number. */
export function CostsPage() {
  const { view, change } = useView();
  useTitle('Costs');
  const by = view.by.length > 0 ? view.by : ['workflow'];
  const bucket = bucketOf(view.range);
  const dimension = by.find((name) => !timeNames.has(name)) ?? 'workflow';
  // Bars of one run each say nothing; the stages of those runs do.
  const stackBy = ['run', 'session', 'interaction', 'user'].includes(dimension) ? 'stage' : dimension;
  const costs = useCosts(
    { by: [bucket, stackBy], where: view.where, orderBy: 'dimensions', limit: 10_000 },
    view.range,
  );
  return (
    <>
      <PageHead title="Costs" />
      <div className="stack">
        <FilterBar />
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

/** The filters in force, each of which can be taken away. They are set by choosing a value in a table. */
function FilterBar() {
  const { view, change } = useView();
  const names = Object.keys(view.where);
  if (names.length === 0) return null;
  return (
    <ul className={styles.filters} aria-label="Filters">
      {names.map((name) => (
        <li key={name} className={styles.filter}>
          <span>
            {dimensionLabel(name)} <strong>{(view.where[name] ?? []).map((v) => v || '(none)').join(' or ')}</strong>
          </span>
          <CloseButton
            size="xs"
            aria-label={`Remove the filter ${dimensionLabel(name)}`}
            onClick={() => change({ where: withoutFilter(view.where, name) })}
          />
        </li>
      ))}
    </ul>
  );
}
