import type { Service, Workflow } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import type { CostRow } from '../../ledger/index.ts';
import type { Usd } from '../../money/index.ts';
import { expectedVisits } from './expected-visits.ts';
import { isEstimate, meanUsd, timesUsd } from './mean-usd.ts';
import type { LineContext } from './overhead-lines.ts';

/** What calls of services cost by the piece: as many as were counted, else as many as the workflow's own plan says. */
export function addServiceLines(context: LineContext): void {
  for (const [workflow, settings] of Object.entries(context.config.workflows)) {
    for (const [stage, { work }] of Object.entries(settings.stages)) {
      const service = work.kind === 'service' ? context.config.services[work.service] : undefined;
      const price = service?.perCallUsd ? meanUsd(service.perCallUsd) : null;
      if (work.kind !== 'service' || !service || !price || price.picos === 0n) continue;
      const estimated = isEstimate(service.perCallUsd);
      addStage(context, { workflow, settings, stage, name: work.service, line: service.line, price, estimated });
    }
  }
}

interface ServiceStage {
  readonly workflow: string;
  readonly settings: Workflow;
  readonly stage: string;
  readonly name: string;
  readonly line: Service['line'];
  readonly price: Usd;
  /** Whether the price is a guess. */
  readonly estimated: boolean;
}

function addStage({ builder, groups, facts }: LineContext, service: ServiceStage): void {
  const counted = facts.lines.filter(
    ({ dimensions }) => dimensions.workflow === service.workflow && dimensions.stage === service.stage,
  );
  // What came in with a price of its own is in the ledger's lines already.
  if (counted.some((row) => row.cost.picos !== 0n)) return;
  const measured = counted.length > 0;
  const rows = measured ? counted : facts.groups.filter((row) => row.dimensions.workflow === service.workflow);
  const weight = (row: CostRow) => (measured ? row.calls : row.runs);
  const quantity = measured
    ? counted.reduce((sum, row) => sum + row.calls, 0)
    : (facts.runs.get(service.workflow) ?? 0) * callsPerRun(service);
  const open = builder.open({
    ...{ line: service.line, name: service.name, origin: measured ? 'calls' : 'configuration', rule: 'direct' },
    ...{ quantity, unit: 'calls', estimated: !measured || service.estimated },
  });
  const places = rows.map((row) => groups.indexOf(row.dimensions));
  const weights = groups.list.map(() => 0);
  for (const [index, row] of rows.entries()) {
    const place = places[index] ?? 0;
    weights[place] = (weights[place] ?? 0) + weight(row);
  }
  // Priced together and then shared out, so that the total does not depend on what it is split by.
  builder.shareBy(open, timesUsd(service.price, quantity), weights);
}

function callsPerRun({ settings, stage }: ServiceStage): number {
  const calls = meanOfQuantity(settings.stages[stage]?.calls ?? { kind: 'value', value: 1 }) ?? 1;
  const fanOut = meanOfQuantity(settings.stages[stage]?.fanOut ?? { kind: 'value', value: 1 }) ?? 1;
  return (expectedVisits(settings).get(stage) ?? 0) * calls * fanOut;
}
