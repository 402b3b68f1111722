import type { FailureRates } from '../../config/index.ts';
import type { ModelBuilder, Num } from './number.ts';
import type { Path } from './stage-context.ts';

/** What share of its tokens a provider bills for an attempt that ended this way. */
export const billedShares = {
  /** Read whole; written until the client gave up. Providers differ, so half of the answer is assumed. */
  timeout: { input: 1, output: 0.5 },
  /** Refused before any work. */
  rateLimited: { input: 0, output: 0 },
  upstreamError: { input: 0, output: 0 },
  /** The answer was complete, only of no use. */
  malformed: { input: 1, output: 1 },
  validation: { input: 1, output: 1 },
  /** Cut on the way: read whole, half written. */
  network: { input: 1, output: 0.5 },
} as const satisfies Record<keyof FailureRates, { input: number; output: number }>;

export type FailureKind = keyof typeof billedShares;
export const failureKinds = Object.keys(billedShares) as FailureKind[];
export type Failures = Readonly<Record<FailureKind, Num>>;

export function failuresOf(
  own: FailureRates | undefined,
  ownPath: Path,
  other: FailureRates | undefined,
  otherPath: Path,
  builder: ModelBuilder,
): Failures {
  const of = (kind: FailureKind): Num =>
    own?.[kind] === undefined
      ? builder.share(other?.[kind], [...otherPath, kind], 0)
      : builder.share(own[kind], [...ownPath, kind], 0);
  return Object.fromEntries(failureKinds.map((kind) => [kind, of(kind)])) as Failures;
}
