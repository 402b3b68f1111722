import { Link } from '@tanstack/react-router';
import { useBehaviour } from '../api/behaviour.ts';
import type { Bar, Behaviour } from '../api/schema.ts';
import { Bars } from '../charts/bars.tsx';
import { showMoney, showUnitMoney, unknownText } from '../format/money.ts';
import { plural, showCount, showShare } from '../format/number.ts';
import { SimulatedMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { EconomicPlaces } from '../parts/sub-places.tsx';
import { ofCount, ofRepeats } from '../view/behaviour-filter.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';
import { Cohorts } from './cohorts.tsx';
import { ConcentrationPanel } from './concentration.tsx';
import layout from './layout.module.css';

/** How users behave, and what that costs: depth, regeneration, impatience, inequality, new users beside old ones. */
export function BehaviourPage() {
  const { view } = useView();
  const behaviour = useBehaviour(dimensionFilters(view.where), view.range);
  useTitle('Behaviour');
  return (
    <>
      <PageHead title="Economics" badges={behaviour.data?.simulated && <SimulatedMark />} />
      <EconomicPlaces />
      <FilterBar />
      <Loaded query={behaviour}>{(data) => <BehaviourBody data={data} />}</Loaded>
    </>
  );
}

function BehaviourBody({ data }: { readonly data: Behaviour }) {
  return (
    <div className="stack">
      <BehaviourFacts data={data} />
      <div className={layout.halves}>
        <BarsPanel
          title="Depth of conversations"
          note="Sessions by how many interactions they had"
          bars={data.depth}
          of="depth"
          share={data.depthShare}
          ofBar="Interactions"
          counted="Sessions"
          fileName="burnrate-depth.csv"
          empty="No call of this range names its session."
        />
        <BarsPanel
          title="Regeneration"
          note="Interactions by how many runs they took: a draft and every time it was made anew"
          bars={data.chains}
          of="chain"
          share={data.chainsShare}
          ofBar="Runs"
          counted="Interactions"
          fileName="burnrate-regeneration.csv"
          empty="No call of this range names its interaction."
        />
      </div>
      <ConcentrationPanel concentration={data.concentration} />
      <Cohorts data={data} />
    </div>
  );
}

/** Mean of a distribution in bars; null without any. */
function meanOf(bars: readonly Bar[]): number | null {
  const count = bars.reduce((sum, bar) => sum + bar.count, 0);
  return count === 0 ? null : bars.reduce((sum, bar) => sum + bar.value * bar.count, 0) / count;
}

function BehaviourFacts({ data }: { readonly data: Behaviour }) {
  const { repeats, concentration } = data;
  const [depth, chain] = [meanOf(data.depth), meanOf(data.chains)];
  const impatient = repeats.overlapping + repeats.soonAfter;
  const tenth = concentration.top.find(({ users }) => users === 0.1);
  return (
    <Facts>
      <Fact
        hero
        label="Cost of the dearest tenth"
        value={tenth && concentration.users > 0 ? <CostsBy name="user">{showShare(tenth.cost)}</CostsBy> : unknownText}
        detail={`of what ${plural(concentration.users, 'user')} cost`}
      />
      <Fact
        label="Interactions ÷ session"
        value={depth === null ? unknownText : <CostsBy name="session">{depth.toFixed(1)}</CostsBy>}
        detail="how deep conversations go"
      />
      <Fact
        label="Runs ÷ interaction"
        value={chain === null ? unknownText : <CostsBy name="interaction">{chain.toFixed(2)}</CostsBy>}
        detail="above 1 is made anew"
      />
      <Fact
        label="Impatient repeats"
        value={<Behind where={ofRepeats('either')}>{showCount(impatient)}</Behind>}
        detail={
          <>
            <Behind where={ofRepeats('overlapping')}>{showCount(repeats.overlapping)}</Behind> while the first still
            ran, <Behind where={ofRepeats('soonAfter')}>{showCount(repeats.soonAfter)}</Behind> within 30 s, of{' '}
            {plural(repeats.callsLookedAt, 'call')}
          </>
        }
      />
      <Fact
        label="Repeats cost"
        value={<Behind where={ofRepeats('either')}>{showMoney(repeats.costUsd)}</Behind>}
        exact={`$${repeats.costUsd}`}
        detail="what asking again cost"
      />
      <Fact
        label="A new user's week"
        value={data.newUserWeekUsd === null ? unknownText : <ToCohorts>{showUnitMoney(data.newUserWeekUsd)}</ToCohorts>}
        detail={
          data.steadyUserWeekUsd === null
            ? 'told once a second week was seen'
            : `then ${showUnitMoney(data.steadyUserWeekUsd)} a week`
        }
      />
    </Facts>
  );
}

interface LinkProps {
  readonly children: string;
}

/** Told one by one, the dearest first. */
function CostsBy({ name, children }: LinkProps & { readonly name: string }) {
  const { view } = useView();
  return (
    <Link to="/costs" search={carry(view, { by: [name] })} className="figure">
      {children}
    </Link>
  );
}

/** A mean over cohorts leads to them. */
function ToCohorts({ children }: LinkProps) {
  const { view } = useView();
  return (
    <Link to="/economics/behaviour" search={carry(view)} hash="cohorts" className="figure">
      {children}
    </Link>
  );
}

interface BarsPanelProps {
  readonly title: string;
  readonly note: string;
  readonly bars: readonly Bar[];
  /** What a bar counts, as a filter of calls. */
  readonly of: 'depth' | 'chain';
  /** How much of all was looked at. */
  readonly share: number;
  readonly ofBar: string;
  readonly counted: string;
  readonly fileName: string;
  readonly empty: string;
}

function BarsPanel({ title, note, bars, of, share, ofBar, counted, fileName, empty }: BarsPanelProps) {
  const all = bars.reduce((sum, bar) => sum + bar.count, 0);
  const columns = barColumns(ofBar, counted, all, of);
  return (
    <Panel
      title={title}
      note={share < 1 ? `${note}; a sample of ${showShare(share)} of them` : note}
      flush
      actions={<CsvButton fileName={fileName} columns={columns} rows={bars} />}
    >
      {bars.length === 0 ? (
        <NothingHere>{empty}</NothingHere>
      ) : (
        <>
          <div className={layout.chart}>
            <Bars
              label={`${counted} by ${ofBar.toLowerCase()}`}
              bars={bars.map((bar) => ({ name: barName(bar), value: bar.count }))}
              of={counted}
              format={showCount}
            />
          </div>
          <details className={layout.figures}>
            <summary>Figures</summary>
            <DataTable label={title} columns={columns} rows={bars} rowKey={({ value }) => String(value)} />
          </details>
        </>
      )}
    </Panel>
  );
}

const barName = ({ value, orMore }: Bar): string => `${value}${orMore ? '+' : ''}`;

function barColumns(ofBar: string, counted: string, all: number, of: 'depth' | 'chain'): readonly Column<Bar>[] {
  return [
    { key: ofBar.toLowerCase(), label: ofBar, number: true, render: barName, csv: barName },
    {
      key: counted.toLowerCase(),
      label: counted,
      number: true,
      render: (bar) => <Behind where={ofCount(of, bar)}>{showCount(bar.count)}</Behind>,
      csv: ({ count }) => count,
    },
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (bar) => <Behind where={ofCount(of, bar)}>{showShare(bar.count / all)}</Behind>,
      csv: ({ count }) => count / all,
    },
  ];
}
