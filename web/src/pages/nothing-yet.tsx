import { useLive } from '../api/live.tsx';
import { Panel } from '../parts/panel.tsx';
import { NothingHere } from '../parts/states.tsx';
import { describeRange } from '../view/range.ts';
import { useView } from '../view/use-view.ts';
import { FirstCall } from './first-call.tsx';

/** An empty page has two reasons: nothing was ever metered, or nothing in this range. */
export function NothingYet() {
  const { view } = useView();
  const { pulse } = useLive();
  if (pulse === null || pulse.attempts === 0) return <FirstCall />;
  return (
    <Panel title="Nothing in this range">
      <NothingHere>
        No call was metered in the {describeRange(view.range)}. Choose a longer time range above.
      </NothingHere>
    </Panel>
  );
}
