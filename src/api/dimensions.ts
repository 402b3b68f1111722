import { nearest } from '../base/index.ts';
import type { Dimension } from '../ledger/index.ts';
import { attributionNames } from '../tree/index.ts';
import { FieldsRefused } from './refusals.ts';

/** Everything costs can be grouped and filtered by, besides `tag.<name>`. */
export const plainDimensions = [
  ...attributionNames,
  'provider',
  'model',
  'modelRequested',
  'tier',
  'protocol',
  'operation',
  'key',
  'status',
  'failure',
  'reason',
  'layer',
  'streamed',
  'usageSource',
  'priceState',
  'simulated',
  'bucket',
  'line',
  'minute',
  'hour',
  'day',
  'week',
  'month',
] as const satisfies readonly Dimension[];

const known = new Set<string>(plainDimensions);
const tagPattern = /^tag\.[A-Za-z0-9_.-]{1,64}$/;

export function isDimension(name: string): name is Dimension {
  return known.has(name) || tagPattern.test(name);
}

/**
 * @param field where the name stood, for the message
 * @throws FieldsRefused with the nearest known name
 */
export function readDimension(name: string, field: string): Dimension {
  if (isDimension(name)) return name;
  throw new FieldsRefused([{ field, message: unknownDimension(name) }]);
}

function unknownDimension(name: string): string {
  const meant = nearest(name, plainDimensions);
  const hint = meant === null ? `known are ${plainDimensions.join(', ')} and tag.<name>` : `did you mean "${meant}"?`;
  return `"${name}" is no dimension; ${hint}`;
}
