import { useCalls, useCosts } from '../api/queries.ts';
import { showMoney } from '../format/money.ts';
import { plural } from '../format/number.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { More } from '../parts/more.tsx';
import { PageHead } from '../parts/panel.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { behaviourFilter } from '../view/behaviour-filter.ts';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';
import { callColumns } from './call-columns.tsx';

const pageSize = 50;

/** The single calls behind any number: newest first, under the filters it was counted with. */
export function CallsPage() {
  const { view } = useView();
  const calls = useCalls(view.where, view.range, pageSize);
  useTitle('Calls');
  return (
    <>
      <PageHead title="Calls" />
      <FilterBar also={[behaviourFilter]} />
      <TablePanel
        title="Newest first"
        note={<Summary />}
        fileName="burnrate-calls.csv"
        query={calls.query}
        columns={callColumns}
        rowKey={({ id }) => id}
        label="Calls"
        rows={calls.query.data ?? []}
        empty="No calls in this range match these filters."
        whole
      >
        <More pages={calls} what="calls" />
      </TablePanel>
    </>
  );
}

/** The same sums the number clicked was made of. */
function Summary() {
  const { view } = useView();
  const costs = useCosts({ by: [], where: view.where }, view.range);
  if (!costs.data) return 'Every call with an attempt that matches.';
  const { total, totalUsd, simulated } = costs.data;
  return (
    <span className="row">
      <span>
        <span title={`$${totalUsd}`}>{showMoney(totalUsd)}</span> for {plural(total.attempts, 'attempt')} of{' '}
        {plural(total.calls, 'call')} in {plural(total.runs, 'run')}. Listed is every call with an attempt that matches.
      </span>
      {simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={total.unknownPriceAttempts} />
      <EstimatedMark attempts={total.estimatedAttempts} />
    </span>
  );
}
