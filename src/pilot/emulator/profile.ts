import type { WireKind } from './emulator-types.ts';
import type { Behaviour, Billing, Distribution, FaultKind, ScenarioInput } from './scenario.ts';

/** How one model of one provider behaves: the scenario's top level, its provider's and its model's part, the last wins. */
export interface Profile {
  readonly firstTokenMs: Distribution;
  readonly perTokenMs: Distribution;
  readonly outputTokens: Distribution;
  readonly reasoningTokens: Distribution;
  readonly chunkTokens: number;
  readonly errors: readonly (readonly [FaultKind, number])[];
  readonly retryAfterSeconds: number;
  readonly billing: Billing;
  readonly toolCalls: number;
  readonly limits: NonNullable<Behaviour['limits']>;
  readonly load: NonNullable<Behaviour['load']>;
}

/** Bounds the profiles kept by model name, which clients choose. */
const profilesMax = 1_000;

/** Finds profiles by provider and model, each made once. */
export function profileFinder(scenario: ScenarioInput): (kind: WireKind, model: string) => Profile {
  const found = new Map<string, Profile>();
  return (kind, model) => {
    const key = `${kind}/${model}`;
    const known = found.get(key);
    if (known) return known;
    if (found.size >= profilesMax) found.clear();
    const made = profileOf([scenario, scenario.providers?.[kind] ?? {}, scenario.models?.[model] ?? {}]);
    found.set(key, made);
    return made;
  };
}

function profileOf(layers: readonly Behaviour[]): Profile {
  const last = <K extends keyof Behaviour>(key: K): Behaviour[K] =>
    layers.reduce<Behaviour[K]>((value, layer) => layer[key] ?? value, undefined);
  const merged = <K extends 'latency' | 'output' | 'errors' | 'limits'>(key: K): NonNullable<Behaviour[K]> =>
    Object.assign({}, ...layers.map((layer) => layer[key] ?? {}));
  const latency = merged('latency');
  const output = merged('output');
  return {
    firstTokenMs: latency.firstTokenMs ?? 0,
    perTokenMs: latency.perTokenMs ?? 0,
    outputTokens: output.tokens ?? { p50: 60, p99: 400 },
    reasoningTokens: output.reasoningTokens ?? 0,
    chunkTokens: last('chunkTokens') ?? 4,
    errors: Object.entries(merged('errors')) as [FaultKind, number][],
    retryAfterSeconds: last('retryAfterSeconds') ?? 1,
    billing: last('billing') ?? 'stops',
    toolCalls: last('toolCalls') ?? 1,
    limits: merged('limits'),
    load: last('load') ?? { knee: 0, slope: 0 },
  };
}
