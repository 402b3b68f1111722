import type { UnitsAnswer } from '../api/index.ts';
import { dollars, percent } from './shown.ts';
import { type Column, table } from './table.ts';

const right = 'right' as const;

/** The five components with their measures, then what one of each thing costs, and what came back for it. */
export function unitsText(units: UnitsAnswer, width: number): string {
  const componentColumns: Column[] = [
    { title: 'component', flexible: true },
    { title: 'measure', flexible: true },
    { title: 'value', align: right },
    { title: 'cost', align: right },
    { title: 'lever', flexible: true },
  ];
  const components = units.components.map((each) => [
    ...[each.component, each.measure, measured(each), dollars(each.costUsd), each.lever],
  ]);
  const costColumns: Column[] = [
    { title: 'figure' },
    { title: 'value', align: right },
    { title: 'computed as', flexible: true },
  ];
  const costs = Object.entries(units.costs).map(([name, value]) => {
    const plain = name.replace(/Usd$/, '');
    return [plain, shown(value), units.formulas[plain]?.formula ?? ''];
  });
  return [table(componentColumns, components, width), table(costColumns, costs, width), returned(units)].join('\n\n');
}

function measured({ unit, value, valueUsd }: UnitsAnswer['components'][number]): string {
  if (unit === 'usd') return dollars(valueUsd);
  if (value === null) return '–';
  return unit === 'share' ? percent(value) : `${Number(value.toPrecision(4))} ${unit === 'minutes' ? 'min' : 'GB'}`;
}

function shown(value: string | number | null): string {
  if (value === null) return '–';
  return typeof value === 'string' ? dollars(value) : value.toFixed(3);
}

function returned({ returns }: UnitsAnswer): string {
  const payback = returns.paybackMonths === null ? '' : `, paid back in ${returns.paybackMonths.toFixed(1)} months`;
  return `Value ${dollars(returns.valueUsd)}, labour saved ${dollars(returns.labourSavedUsd)}: return on full cost ${percent(returns.roi)}${payback}.`;
}
