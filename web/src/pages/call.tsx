import { Link, useParams } from '@tanstack/react-router';
import { useCall } from '../api/queries.ts';
import type { Call } from '../api/schema.ts';
import { showMoney, showUnitMoney } from '../format/money.ts';
import { plural, showCount, showDuration } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { AttemptPanel } from './attempt-panel.tsx';
import { AttributionList } from './attribution-list.tsx';
import layout from './layout.module.css';

/** One call: what it was for, and every request that was sent upstream for it. */
export function CallPage() {
  const { id } = useParams({ from: '/calls/$id' });
  const call = useCall(id);
  useTitle(`Call ${id}`);
  return (
    <>
      <PageHead
        above={<Trail call={call.data} />}
        title={<span className="mono">{id}</span>}
        badges={call.data && <CallMarks call={call.data} />}
      />
      <Loaded query={call}>{(data) => <CallView call={data} />}</Loaded>
    </>
  );
}

/** The way back up the tree: workflow, stage, run. */
function Trail({ call }: { readonly call: Call | undefined }) {
  const { view } = useView();
  if (!call?.workflow) {
    return (
      <Link to="/workflows" search={carry(view)}>
        Workflows
      </Link>
    );
  }
  const open = call.stage === undefined ? [] : [call.stage];
  return (
    <nav aria-label="Where this call belongs" className="row">
      <Link to="/workflows" search={carry(view)}>
        Workflows
      </Link>
      <span aria-hidden="true">/</span>
      <Link to="/workflows/$name" params={{ name: call.workflow }} search={carry(view, { open })}>
        {call.workflow}
      </Link>
      {call.stage !== undefined && (
        <>
          <span aria-hidden="true">/</span>
          <span>{call.stage}</span>
        </>
      )}
    </nav>
  );
}

function CallMarks({ call }: { readonly call: Call }) {
  return (
    <>
      {call.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={call.unknownPriceAttempts} />
      <EstimatedMark attempts={call.estimatedAttempts} />
    </>
  );
}

function CallView({ call }: { readonly call: Call }) {
  return (
    <div className="stack">
      <CallFacts call={call} />
      <div className={layout.aside}>
        <div className="stack">
          {call.attempts.map((attempt) => (
            <AttemptPanel key={attempt.id} attempt={attempt} />
          ))}
        </div>
        <Panel title="Attributed to" note="Who and what this call was for">
          <AttributionList call={call} />
        </Panel>
      </div>
    </div>
  );
}

function CallFacts({ call }: { readonly call: Call }) {
  const { view } = useView();
  const retries = call.attempts.length - 1;
  const known = call.costUsd === null ? `known part: ${showMoney(call.knownCostUsd)}` : 'over all attempts';
  return (
    <Facts>
      <Fact
        hero
        label="Cost"
        value={showUnitMoney(call.costUsd)}
        exact={call.costUsd === null ? undefined : `$${call.costUsd}`}
        detail={known}
      />
      <Fact
        label="Attempts"
        value={showCount(call.attempts.length)}
        detail={retries === 0 ? 'no retry' : `${plural(retries, 'retry', 'retries')}`}
      />
      <Fact label="Tokens in" value={showCount(call.inputTokens)} />
      <Fact label="Tokens out" value={showCount(call.outputTokens)} />
      <Fact label="Took" value={showDuration(call.durationMs)} detail={showMoment(call.startedAt)} />
      <Fact
        label="Run"
        value={
          <Link to="/runs/$id" params={{ id: call.run }} search={carry(view)}>
            <span className="mono">…{call.run.slice(-8)}</span>
          </Link>
        }
        detail="all calls of the same pass"
      />
    </Facts>
  );
}
