import { BurnrateError } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { type MeasuredValues, measuredPaths, readMeasured } from '../forecast/index.ts';
import type { PriceBook } from '../pricing/index.ts';
import type { InstanceOptions } from './api-client.ts';
import { ledgerRows } from './calibration-sources.ts';
import type { Effects } from './effects.ts';

/**
 * What a running instance has recorded of the numbers the file leaves to the ledger; nothing is asked where the file
 * states all of them, so that a forecast needs no instance.
 */
export async function measuredByInstance(
  effects: Effects,
  { config, book, atMs }: { readonly config: Config; readonly book: PriceBook; readonly atMs: number },
  options: InstanceOptions,
): Promise<MeasuredValues> {
  const paths = measuredPaths(config, book, atMs);
  try {
    return await readMeasured(config, paths, (target) =>
      ledgerRows(effects, { ...options, ...target, onProgress: () => undefined }),
    );
  } catch (error) {
    if (!(error instanceof BurnrateError) || error.code !== 'INSTANCE_UNREACHABLE') throw error;
    return { values: [], missing: paths.map((path) => ({ path, why: error.message })) };
  }
}
