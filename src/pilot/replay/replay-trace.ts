import { BurnrateError } from '../../base/index.ts';
import type { ReplayOptions, ReplaySummary } from './replay-types.ts';

/** Sends a recorded trace through a gateway. @throws BurnrateError TRACE_INVALID */
export async function replayTrace(options: ReplayOptions): Promise<ReplaySummary> {
  throw new BurnrateError('TRACE_INVALID', { message: `${options.source} cannot be read yet` });
}
