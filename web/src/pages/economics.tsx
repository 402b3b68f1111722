import { Link } from '@tanstack/react-router';
import { useEconomics } from '../api/economics.ts';
import type { CostComponent, CostStack, StackLine, UnitEconomics } from '../api/schema.ts';
import { lineWords } from '../format/line-words.ts';
import {
  alignMoney,
  chartDollars,
  maxMoney,
  moneyDigits,
  shareOf,
  showMoney,
  showUnitMoney,
  unknownText,
} from '../format/money.ts';
import { showBytes, showShare } from '../format/number.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { EconomicPlaces } from '../parts/sub-places.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { describeRange } from '../view/range.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { dimensionFilters, type Filters } from '../view/view-state.ts';
import { Allocation, allocationOf } from './allocation.tsx';
import { Margins } from './margins.tsx';
import { PriceOfWaiting } from './price-of-waiting.tsx';
import { Recommendations } from './recommendations.tsx';
import { ReleasesPanel } from './releases.tsx';

/** What the product costs in full, what it brings, who pays, and what each release did to it. */
export function EconomicsPage() {
  const { view } = useView();
  const where = dimensionFilters(view.where);
  const by = allocationOf(view.by);
  const economics = useEconomics(by, where, view.range);
  useTitle('Economics');
  return (
    <>
      <PageHead title="Economics" badges={economics.data && <Marks stack={economics.data.stack} />} />
      <EconomicPlaces />
      <FilterBar />
      <div className="stack">
        <Loaded query={economics}>
          {({ stack, units }) => (
            <>
              <EconomicFacts stack={stack} units={units} />
              <Lines stack={stack} />
              <Components units={units} />
              <Allocation stack={stack} by={by} />
              <Margins units={units} />
              <PriceOfWaiting units={units} />
            </>
          )}
        </Loaded>
        <ReleasesPanel where={where} />
        <Recommendations />
      </div>
    </>
  );
}

function Marks({ stack }: { readonly stack: CostStack }) {
  return (
    <>
      {stack.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={stack.unknownPriceAttempts} />
    </>
  );
}

const moneyOf = (value: string | number | null | undefined): string | null =>
  typeof value === 'string' ? value : null;

function EconomicFacts({ stack, units }: { readonly stack: CostStack; readonly units: UnitEconomics }) {
  const { view } = useView();
  const { low, high } = stack.usualTokenShare;
  const { returns } = units;
  const perSuccess = moneyOf(units.costs.costPerSuccessUsd);
  return (
    <Facts>
      <Fact
        hero
        label="Full cost per successful outcome"
        value={
          perSuccess === null ? (
            unknownText
          ) : (
            <Behind where={{ outcome: ['success'] }} list="runs">
              {showUnitMoney(perSuccess)}
            </Behind>
          )
        }
        detail={perSuccess === null ? 'no success reported in this range' : 'everything below ÷ successes'}
      />
      <Fact
        label="Full cost"
        value={<Behind>{showMoney(stack.totalUsd)}</Behind>}
        exact={`$${stack.totalUsd}`}
        detail={describeRange(view.range)}
      />
      <Fact
        label="Share of tokens"
        value={<Behind>{stack.tokenShare === null ? unknownText : showShare(stack.tokenShare)}</Behind>}
        detail={`usual are ${showShare(low)} to ${showShare(high)}`}
      />
      <Fact
        label="Value reported"
        value={
          <Behind where={{ outcome: ['success'] }} list="runs">
            {showMoney(returns.valueUsd)}
          </Behind>
        }
        detail={`and ${showMoney(returns.labourSavedUsd)} of labour saved`}
      />
      <Fact
        label="Net"
        value={<Behind list="runs">{showMoney(returns.netUsd)}</Behind>}
        exact={`$${returns.netUsd}`}
        detail="value and labour less full cost"
      />
      <Fact
        label="Return"
        value={returns.roi === null ? unknownText : <Behind list="runs">{showShare(returns.roi)}</Behind>}
        detail={
          returns.paybackMonths === null
            ? 'of the full cost'
            : `pays back in ${returns.paybackMonths.toFixed(1)} months`
        }
      />
    </Facts>
  );
}

function Lines({ stack }: { readonly stack: CostStack }) {
  const columns = lineColumns(stack);
  return (
    <TablePanel
      title="The whole stack"
      id="stack"
      label="Lines of the full cost"
      note="Every line of cost; they sum to the full cost exactly"
      fileName="burnrate-stack.csv"
      columns={columns}
      rows={stack.lines}
      rowKey={(row) => `${row.line}|${row.name}|${row.rule}`}
      total={totalLine(stack)}
      empty="Nothing was spent in this range by what these filters leave."
    />
  );
}

/** A line, or the sum of all. */
type Row = Omit<StackLine, 'line'> & { readonly line: StackLine['line'] | 'total' };

function totalLine(stack: CostStack): Row {
  const facts = {
    name: '',
    origin: 'calls',
    rule: 'fixed',
    quantity: 0,
    unit: '',
    estimated: false,
    behind: null,
  } as const;
  return { ...facts, line: 'total', costUsd: stack.totalUsd };
}

const ruleWords: Readonly<Record<string, string>> = { direct: 'where it arose', even: 'evenly', fixed: 'fixed' };

function lineColumns(stack: CostStack): readonly Column<Row>[] {
  const digits = moneyDigits(maxMoney(stack.lines.map((row) => row.costUsd)));
  const behind = (row: Row, text: string) => <BehindLine row={row}>{text}</BehindLine>;
  return [
    {
      key: 'line',
      label: 'Line',
      render: (row) => (
        <span className="row">
          {lineWords(row.line)} {row.name !== '' && row.name !== row.line && <span className="muted">{row.name}</span>}
          {row.estimated && <EstimatedMark />}
        </span>
      ),
      csv: (row) => row.line,
      sort: (row) => row.line,
    },
    { key: 'name', label: 'Name', hidden: true, render: (row) => row.name, csv: (row) => row.name },
    {
      key: 'costUsd',
      label: 'Cost',
      number: true,
      render: (row) => <span title={`$${row.costUsd}`}>{behind(row, alignMoney(row.costUsd, digits))}</span>,
      csv: (row) => row.costUsd,
      sort: (row) => chartDollars(row.costUsd),
    },
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (row) => behind(row, showShare(shareOf(row.costUsd, stack.totalUsd))),
      csv: (row) => shareOf(row.costUsd, stack.totalUsd),
      sort: (row) => chartDollars(row.costUsd),
    },
    {
      key: 'origin',
      label: 'From',
      render: (row) => (row.line === 'total' ? '' : row.origin === 'configuration' ? 'burnrate.yaml' : row.origin),
      csv: (row) => row.origin,
    },
    {
      key: 'rule',
      label: 'Shared out by',
      render: (row) => (row.line === 'total' ? '' : (ruleWords[row.rule] ?? row.rule)),
      csv: (row) => row.rule,
    },
  ];
}

/** What calls are made of can be looked at, and what people worked on; an overhead is what burnrate.yaml says it is. */
function BehindLine({ row, children }: { readonly row: Row; readonly children: string }) {
  const { view } = useView();
  if (row.behind !== null || row.line === 'total') return <Behind where={row.behind ?? {}}>{children}</Behind>;
  if (row.origin === 'outcomes') return <Behind list="runs">{children}</Behind>;
  if (row.origin === 'configuration') return children;
  return (
    <Link to="/operations" search={carry(view)} hash="reviews" className="figure">
      {children}
    </Link>
  );
}

function Components({ units }: { readonly units: UnitEconomics }) {
  return (
    <TablePanel
      title="Unit economics"
      note="What drives the cost, how it is measured, and which lever moves it"
      fileName="burnrate-unit-economics.csv"
      columns={columnsOfComponents(units.components)}
      rows={units.components}
      rowKey={(row) => `${row.component}|${row.measure}`}
      empty="Nothing was spent in this range."
    />
  );
}

const componentFilters: Readonly<Record<string, Filters>> = {
  'Model inference': { line: ['inference'] },
  'Retries and replays': { reason: ['retry', 'repair'] },
};

/** What calls or people's work make up leads to them; the rest to the lines it is the sum of. */
function BehindComponent({ row, children }: { readonly row: CostComponent; readonly children: string }) {
  const { view } = useView();
  const where = componentFilters[row.component];
  if (where !== undefined) return <Behind where={where}>{children}</Behind>;
  if (row.component === 'Support overhead') return <Behind list="runs">{children}</Behind>;
  return (
    <Link to="/economics" search={view} hash="stack" className="figure">
      {children}
    </Link>
  );
}

function measured(row: CostComponent): string {
  if (row.unit === 'usd') return showUnitMoney(row.valueUsd);
  if (row.value === null) return unknownText;
  if (row.unit === 'share') return showShare(row.value);
  return row.unit === 'gigabytes' ? showBytes(row.value * 1e9) : `${row.value.toFixed(1)} min`;
}

function columnsOfComponents(rows: readonly CostComponent[]): readonly Column<CostComponent>[] {
  const digits = moneyDigits(maxMoney(rows.map((row) => row.costUsd)));
  return [
    {
      key: 'component',
      label: 'Component',
      render: (row) => <span title={row.includes}>{row.component}</span>,
      csv: (row) => row.component,
    },
    {
      key: 'measure',
      label: 'Measure',
      render: (row) => <span className="wrap">{row.measure}</span>,
      csv: (row) => row.measure,
    },
    {
      key: 'value',
      label: 'Now',
      number: true,
      render: (row) => <BehindComponent row={row}>{measured(row)}</BehindComponent>,
      csv: (row) => row.valueUsd ?? row.value,
    },
    {
      key: 'costUsd',
      label: 'Cost',
      number: true,
      render: (row) => (
        <span title={`$${row.costUsd}`}>
          <BehindComponent row={row}>{alignMoney(row.costUsd, digits)}</BehindComponent>
        </span>
      ),
      csv: (row) => row.costUsd,
    },
    {
      key: 'lever',
      label: 'Lever',
      render: (row) => <span className="wrap">{row.lever}</span>,
      csv: (row) => row.lever,
    },
    { key: 'risk', label: 'Risk', hidden: true, render: (row) => row.risk, csv: (row) => row.risk },
  ];
}
