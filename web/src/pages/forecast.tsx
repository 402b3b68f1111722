import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SpentSoFar } from '../../../src/forecast/index.ts';
import { useSpentSoFar } from '../api/budgets.ts';
import { ApiError } from '../api/client.ts';
import { useForecastModel } from '../api/forecasts.ts';
import type { ForecastModelAnswer } from '../api/schema.ts';
import { useSimulation } from '../forecast/use-simulation.ts';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Awaited, Loaded, NothingHere } from '../parts/states.tsx';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';
import { ForecastBudgets } from './forecast-budgets.tsx';
import { Drivers, Fans, ForecastFacts, ForecastMonths, TippingPointPanel } from './forecast-results.tsx';
import { isMoved, SlidersPanel, slidersOf } from './forecast-sliders.tsx';
import { ForecastTrackPanel } from './forecast-track.tsx';
import { ForecastVersions } from './forecast-versions.tsx';
import layout from './layout.module.css';

/** What next months will cost, under whatever the sliders say; simulated here with the code every forecast is made with. */
export function ForecastPage() {
  const model = useForecastModel();
  const soFar = useSpentSoFar();
  useTitle('Forecast');
  if (model.error instanceof ApiError && model.error.code === 'forecast_impossible') {
    return <Impossible message={model.error.message} remedy={model.error.remedy} />;
  }
  return (
    <>
      <PageHead title="Forecast" />
      <div className="stack">
        <Loaded query={model}>
          {(answer) => {
            if (answer.scenarios.length === 0) return <NoWorkflows />;
            return soFar === undefined ? <Awaited /> : <Simulated answer={answer} soFar={soFar} />;
          }}
        </Loaded>
        {model.data?.scenarios.length !== 0 && (
          <>
            <ForecastTrackPanel />
            <ForecastVersions />
          </>
        )}
      </div>
    </>
  );
}

function NoWorkflows() {
  return (
    <Panel title="Nothing to forecast yet">
      <NothingHere>Describe your workflows in burnrate.yaml; `burnrate init` writes one to start from.</NothingHere>
    </Panel>
  );
}

function Impossible({ message, remedy }: { readonly message: string; readonly remedy: ReactNode }) {
  return (
    <>
      <PageHead title="Forecast" />
      <Panel title="No forecast can be made of burnrate.yaml as it is">
        <p>{message}</p>
        <p className="muted">{remedy}</p>
      </Panel>
    </>
  );
}

/** Enough for a steady picture, few enough to follow a slider. */
const trialsMax = 1_000;

interface SimulatedProps {
  readonly answer: ForecastModelAnswer;
  /** Null when it is not known; the month that runs then counts whole. */
  readonly soFar: SpentSoFar | null;
}

function Simulated({ answer, soFar }: SimulatedProps) {
  const { view, change } = useView();
  const scenario = answer.scenarios.find((name) => name === view.scenario) ?? answer.scenarios[0] ?? '';
  const run = { scenario, trials: Math.min(answer.trials, trialsMax), seed: answer.seed, ...(soFar && { soFar }) };
  const slid = useSimulation(answer.model, slidersOf(view, answer), run);
  const plain = useSimulation(answer.model, {}, run);
  const result = slid.report?.scenarios[scenario];
  const before = isMoved(view) ? plain.report?.scenarios[scenario] : undefined;
  return (
    <div className="stack">
      {answer.scenarios.length > 1 && (
        <div>
          <SegmentedControl
            aria-label="Scenario"
            size="xs"
            value={scenario}
            data={[...answer.scenarios]}
            onChange={(name) => change({ scenario: name }, true)}
          />
        </div>
      )}
      <div className={layout.forecast}>
        <SlidersPanel answer={answer} />
        <div className="stack" aria-busy={slid.busy}>
          {slid.problem !== null && <p role="alert">{slid.problem}</p>}
          {result === undefined ? (
            <NothingHere>Simulating…</NothingHere>
          ) : (
            <>
              <ForecastFacts result={result} before={before} />
              <Fans result={result} before={before} scenario={scenario} />
              <ForecastMonths result={result} scenario={scenario} />
            </>
          )}
        </div>
      </div>
      {result !== undefined && (
        <>
          <Drivers result={result} />
          <ForecastBudgets result={result} begun={soFar !== null} />
          <TippingPointPanel result={result} />
        </>
      )}
    </div>
  );
}
