import type { Config } from '../../config/index.ts';
import type { TimeRange } from '../../ledger/index.ts';
import { addUsd, formatUsd, subtractUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { askOnce } from '../stack/ask-once.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import { type CostStack, tokenShare, usualTokenShare } from '../stack/stack.ts';
import { readUnitEconomics, type UnitEconomics, type WorkflowUnits } from '../units/unit-economics.ts';
import { count, money, plainNumber, type Report, type ReportTable, share, text, unpricedNote } from './report.ts';
import { weekBefore } from './week.ts';

interface Week {
  readonly stack: CostStack;
  readonly units: UnitEconomics;
}

/** What finance, product and operations look at together once a week: this week beside the one before. */
export async function readWeeklyReview(
  ledger: EconomicLedger,
  week: TimeRange,
  { config, simulated }: { readonly config: Config; readonly simulated: boolean },
): Promise<Report> {
  const { timeZone } = config;
  const asked = askOnce(ledger);
  const read = async (range: TimeRange): Promise<Week> => {
    const [stack, units] = await Promise.all([
      readCostStack(asked, { range, by: ['team'], timeZone }, config),
      readUnitEconomics(asked, { range, timeZone, customers: false }, config),
    ]);
    return { stack, units };
  };
  const [now, before] = await Promise.all([read(week), read(weekBefore(week, timeZone))]);
  return {
    title: 'Weekly review',
    ...{ range: week, timeZone, simulated },
    paragraphs: paragraphs(now, before),
    tables: [lines(now, before), workflows(now, before), ...measures(now, before), teams(now, before), plans(now)],
  };
}

function paragraphs(now: Week, before: Week): string[] {
  const share = tokenShare(now.stack);
  const perSuccess = now.units.costs.perSuccess;
  return [
    `Full cost ${formatUsd(now.stack.total)}, ${changeText(now.stack.total, before.stack.total)} the week before.`,
    perSuccess === null
      ? 'No run was reported as a success, so there is no cost per successful outcome.'
      : `One successful outcome cost ${formatUsd(perSuccess)}${wasText(before.units.costs.perSuccess)}.`,
    ...(share === null
      ? []
      : [
          `Tokens are ${percent(share)} of the whole; ${percent(usualTokenShare.low)} to ${percent(usualTokenShare.high)} is usual in production.`,
        ]),
    ...(now.stack.unknownPriceAttempts > 0 ? [unpricedNote(now.stack.unknownPriceAttempts)] : []),
    ...(now.stack.minutesWithoutRate > 0
      ? [`${now.stack.minutesWithoutRate.toFixed(1)} human minutes have no rate and are in no sum.`]
      : []),
  ];
}

const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
const wasText = (before: Usd | null) => (before === null ? '' : `; the week before ${formatUsd(before)}`);

function changeText(now: Usd, before: Usd): string {
  const relative = change(now, before);
  if (relative === null) return 'with nothing spent in';
  return relative === 0 ? 'as in' : `${percent(Math.abs(relative))} ${relative > 0 ? 'more' : 'less'} than`;
}

/** (now − before) ÷ before; null without a before. */
function change(now: Usd, before: Usd): number | null {
  return before.picos === 0n ? null : Number(now.picos - before.picos) / Number(before.picos);
}

const comparison = [money('this week'), money('week before'), money('difference'), share('change')];

function compared(now: Usd, before: Usd) {
  return [now, before, subtractUsd(now, before), change(now, before)];
}

function lines(now: Week, before: Week): ReportTable {
  const was = byLine(before.stack);
  const is = byLine(now.stack);
  const names = [...new Set([...is.keys(), ...was.keys()])];
  return {
    title: 'Where the money went',
    columns: [text('line'), ...comparison],
    rows: names.map((name) => [name, ...compared(is.get(name) ?? zeroUsd, was.get(name) ?? zeroUsd)]),
    total: ['total', ...compared(now.stack.total, before.stack.total)],
  };
}

function byLine({ lines: own }: CostStack): Map<string, Usd> {
  const sums = new Map<string, Usd>();
  for (const { line, cost } of own) sums.set(line, addUsd(sums.get(line) ?? zeroUsd, cost));
  return sums;
}

function workflows(now: Week, before: Week): ReportTable {
  const was = (name: string | null) => before.units.workflows.find((each) => each.facts.workflow === name);
  const is = (name: string | null) => now.units.workflows.some((each) => each.facts.workflow === name);
  const gone = before.units.workflows.filter(({ facts }) => !is(facts.workflow));
  return {
    title: 'Workflows',
    columns: [
      ...[text('workflow'), count('runs'), money('full cost'), share('change'), money('cost per success')],
      ...[money('week before'), share('containment'), share('escalation'), plainNumber('calls per interaction')],
    ],
    rows: [
      ...now.units.workflows.map((each: WorkflowUnits) => {
        const { facts, costs } = each;
        const earlier = was(facts.workflow);
        return [
          ...[facts.workflow || '(none)', facts.runs, facts.cost, change(facts.cost, earlier?.facts.cost ?? zeroUsd)],
          ...[costs.perSuccess, earlier?.costs.perSuccess ?? null],
          ...[costs.containment, costs.escalation, costs.multiplier],
        ];
      }),
      ...gone.map(({ facts, costs }) => [
        ...[
          facts.workflow || '(none)',
          0,
          zeroUsd,
          change(zeroUsd, facts.cost),
          null,
          costs.perSuccess,
          null,
          null,
          null,
        ],
      ]),
    ],
  };
}

/** The five components, money and other units apart, and how often stages were tried again. */
function measures(now: Week, before: Week): ReportTable[] {
  const rows = now.units.components.map(({ component, cost, value }, index) => {
    const was = before.units.components[index]?.value ?? null;
    const shown = (measure: typeof value) => (typeof measure === 'number' ? Number(measure.toPrecision(6)) : measure);
    return [component.component, component.measure, component.unit, shown(value), shown(was), cost] as const;
  });
  const stages = now.units.stages.filter((stage) => stage.retriedCalls > 0);
  return [
    {
      title: 'Unit economics',
      columns: [
        ...[text('component'), text('measure'), text('unit'), plainNumber('this week'), plainNumber('week before')],
        money('cost of the component'),
      ],
      rows,
    },
    {
      title: 'Retries by stage',
      columns: [text('workflow'), text('stage'), count('calls'), count('tried again'), share('rate')],
      rows: stages.map((each) => [
        ...[each.workflow ?? '(none)', each.stage ?? '(none)', each.calls, each.retriedCalls, each.rate],
      ]),
    },
  ];
}

function teams(now: Week, before: Week): ReportTable {
  const byTeam = ({ stack: { groups } }: Week) =>
    new Map(
      groups.filter(({ total }) => total.picos !== 0n).map(({ dimensions, total }) => [dimensions.team ?? null, total]),
    );
  const [is, was] = [byTeam(now), byTeam(before)];
  const names = [...new Set([...is.keys(), ...was.keys()])];
  return {
    title: 'Teams, overheads included',
    columns: [text('team'), ...comparison],
    rows: names.map((team) => [team ?? '(none)', ...compared(is.get(team) ?? zeroUsd, was.get(team) ?? zeroUsd)]),
    total: ['total', ...compared(now.stack.total, before.stack.total)],
  };
}

function plans({ units }: Week): ReportTable {
  return {
    title: 'Gross margin by plan',
    columns: [
      text('plan'),
      count('active users'),
      money('revenue'),
      money('full cost'),
      money('margin'),
      share('share'),
    ],
    rows: units.marginByPlan.map((each) => [
      ...[each.name ?? '(none)', each.users, each.revenue, each.cost, each.margin, each.share],
    ]),
  };
}
