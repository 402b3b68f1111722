import { nearest } from '../base/index.ts';
import { type Dimension, dimensionNames, isDimension } from '../ledger/index.ts';
import { FieldsRefused } from './refusals.ts';

/**
 * @param field where the name stood, for the message
 * @throws FieldsRefused with the nearest known name
 */
export function readDimension(name: string, field: string): Dimension {
  if (isDimension(name)) return name;
  throw new FieldsRefused([{ field, message: unknownDimension(name) }]);
}

function unknownDimension(name: string): string {
  const meant = nearest(name, dimensionNames);
  const hint = meant === null ? `known are ${dimensionNames.join(', ')} and tag.<name>` : `did you mean "${meant}"?`;
  return `"${name}" is no dimension; ${hint}`;
}
