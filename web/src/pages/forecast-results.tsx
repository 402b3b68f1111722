import { useMemo } from 'react';
import type { ScenarioReport } from '../../../src/forecast/index.ts';
import { Fan, type FanPoint } from '../charts/fan.tsx';
import { Tornado } from '../charts/tornado.tsx';
import { axisMoney, chartDollars, showEstimate, showUnitMoney, subtractMoney, unknownText } from '../format/money.ts';
import { showShare, showShort } from '../format/number.ts';
import { Cut } from '../parts/cut.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/panel.tsx';
import { NothingHere } from '../parts/states.tsx';
import layout from './layout.module.css';

interface ResultProps {
  readonly result: ScenarioReport;
  /** The same as the file is; absent while no slider is moved. */
  readonly before?: ScenarioReport | undefined;
}

const between = ({ p10, p90 }: { readonly p10: string; readonly p90: string }) =>
  `four of five from ${showEstimate(p10)} to ${showEstimate(p90)}`;

/** What it comes to, and what the sliders changed. */
export function ForecastFacts({ result, before }: ResultProps) {
  const [first] = result.months;
  const { costPerOutcomeUsd, roi } = result;
  return (
    <Facts>
      <Fact
        hero
        label={`${result.months.length} months in all`}
        value={showEstimate(result.totalUsd.mean)}
        detail={before ? changeText(result, before) : between(result.totalUsd)}
      />
      {first && (
        <Fact
          label={`First month, ${first.month}`}
          value={showEstimate(first.totalUsd.mean)}
          detail={between(first.totalUsd)}
        />
      )}
      <Fact
        label="Per successful outcome"
        value={costPerOutcomeUsd === null ? unknownText : showUnitMoney(costPerOutcomeUsd.mean)}
        detail={
          costPerOutcomeUsd === null
            ? 'no outcome is described'
            : `${showUnitMoney(costPerOutcomeUsd.p10)} to ${showUnitMoney(costPerOutcomeUsd.p90)}`
        }
      />
      <Fact
        label="Calls a day"
        value={showShort(Math.round(result.callsPerDay.mean))}
        detail={`a naive plan says ${showShort(Math.round(result.naiveCallsPerDay))}`}
      />
      <Fact label="Share of tokens" value={showShare(result.tokenShare)} detail="of the full cost" />
      <Fact
        label="Return"
        value={roi.returnOnCost === null ? unknownText : showShare(roi.returnOnCost)}
        detail={roi.paybackMonths === null ? 'of the full cost' : `pays back in ${roi.paybackMonths.toFixed(1)} months`}
      />
    </Facts>
  );
}

function changeText(result: ScenarioReport, before: ScenarioReport): string {
  const more = subtractMoney(result.totalUsd.mean, before.totalUsd.mean);
  return more.startsWith('-')
    ? `${showEstimate(more.slice(1))} less than the file as it is`
    : `${showEstimate(more)} more than the file as it is`;
}

/** Month by month, with the band in which four futures of five lie. */
export function Fans({ result, before, scenario }: ResultProps & { readonly scenario: string }) {
  const points = useMemo(
    () =>
      result.months.map(({ month, totalUsd }, index): FanPoint => {
        const plain = before?.months[index]?.totalUsd.mean;
        return {
          name: month,
          low: chartDollars(totalUsd.p10),
          middle: chartDollars(totalUsd.mean),
          high: chartDollars(totalUsd.p90),
          before: plain === undefined ? null : chartDollars(plain),
        };
      }),
    [result, before],
  );
  return (
    <Panel
      title="Month by month"
      note={`Scenario ${scenario}; the band holds four futures of five${before ? ', the dashed line is the file as it is' : ''}`}
    >
      <Fan label="Forecast cost by month with its interval" points={points} format={axisMoney} />
    </Panel>
  );
}

const driversShown = 10;
type Driver = ScenarioReport['drivers'][number];

/** Which unsure numbers move the total most. */
export function Drivers({ result }: ResultProps) {
  const drivers = useMemo(
    () => result.drivers.filter(({ swingUsd }) => chartDollars(swingUsd) !== 0).slice(0, driversShown),
    [result],
  );
  const bars = useMemo(
    () =>
      drivers.map(({ parameter, lowUsd, highUsd }) => ({
        name: placeOf(parameter).join(' · '),
        low: chartDollars(lowUsd),
        high: chartDollars(highUsd),
      })),
    [drivers],
  );
  const columns = driverColumns();
  return (
    <Panel
      title="What moves the total"
      note="Each unsure number of the file from its low end to its high end, the others as they are"
      flush
      actions={<CsvButton fileName="burnrate-drivers.csv" columns={columns} rows={result.drivers} />}
    >
      {drivers.length === 0 ? (
        <NothingHere>Every number of the file is certain; write ranges where you are not sure.</NothingHere>
      ) : (
        <div className={layout.beside}>
          <div className={layout.chart}>
            <Tornado label="Total cost by unsure number" bars={bars} format={axisMoney} />
          </div>
          <DataTable label="Drivers" columns={columns} rows={drivers} rowKey={({ parameter }) => parameter} />
        </div>
      )}
    </Panel>
  );
}

/** `workflows.support.stages.answer.output` → `answer.output`, `support`: what tells numbers apart comes first. */
function placeOf(path: string): readonly string[] {
  const [, workflow, rest] = /^workflows\.([^.]+)\.(?:stages\.)?(.+)$/.exec(path) ?? [];
  return workflow === undefined || rest === undefined ? [path] : [rest, workflow];
}

function driverColumns(): readonly Column<Driver>[] {
  const amount = (key: 'lowUsd' | 'highUsd' | 'swingUsd', label: string): Column<Driver> => ({
    key,
    label,
    number: true,
    render: (row) => showEstimate(row[key]),
    csv: (row) => row[key],
    sort: (row) => chartDollars(row[key]),
  });
  return [
    {
      key: 'parameter',
      label: 'Number',
      render: ({ parameter }) => (
        <>
          <Cut text={parameter}>{placeOf(parameter)[0]}</Cut>
          <span className={layout.belowName}>{placeOf(parameter)[1]}</span>
        </>
      ),
      csv: ({ parameter }) => parameter,
    },
    amount('lowUsd', 'At its low'),
    amount('highUsd', 'At its high'),
    amount('swingUsd', 'Swing'),
    {
      key: 'varianceShare',
      label: 'Of the doubt',
      number: true,
      render: ({ varianceShare }) => showShare(varianceShare),
      csv: ({ varianceShare }) => varianceShare,
    },
  ];
}

/** From where slow answers and retries feed each other. */
export function TippingPointPanel({ result }: ResultProps) {
  const { tippingPoint } = result;
  if (tippingPoint === undefined) return null;
  return (
    <Panel title="Tipping point" note={tippingPoint.workflow}>
      <p>{tippingPoint.summary}</p>
    </Panel>
  );
}

type Month = ScenarioReport['months'][number];

/** The figures behind the fan. */
export function ForecastMonths({ result, scenario }: ResultProps & { readonly scenario: string }) {
  const amount = (key: 'mean' | 'p10' | 'p90', label: string): Column<Month> => ({
    key,
    label,
    number: true,
    render: ({ totalUsd }) => showEstimate(totalUsd[key]),
    csv: ({ totalUsd }) => totalUsd[key],
  });
  const count = (key: 'calls' | 'runs' | 'outcomes' | 'tokens', label: string): Column<Month> => ({
    key,
    label,
    number: true,
    render: (row) => showShort(Math.round(row[key])),
    csv: (row) => row[key],
  });
  const columns: readonly Column<Month>[] = [
    { key: 'month', label: 'Month', render: ({ month }) => month, csv: ({ month }) => month },
    ...[amount('mean', 'Expected'), amount('p10', 'p10'), amount('p90', 'p90')],
    ...[count('runs', 'Runs'), count('calls', 'Calls'), count('tokens', 'Tokens'), count('outcomes', 'Outcomes')],
  ];
  return (
    <Panel
      title="The months"
      flush
      actions={<CsvButton fileName={`burnrate-forecast-${scenario}.csv`} columns={columns} rows={result.months} />}
    >
      <DataTable label="Forecast by month" columns={columns} rows={result.months} rowKey={({ month }) => month} />
    </Panel>
  );
}
