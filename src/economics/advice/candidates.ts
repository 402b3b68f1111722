import type { Config, Stage } from '../../config/index.ts';
import { inputTokensOf } from '../../tree/index.ts';
import type { StagePolicy } from '../what-if/policy.ts';
import type { StageAttempts } from '../what-if/read-history.ts';

export type Lever = 'cache' | 'trim' | 'shorten' | 'retries' | 'switch' | 'batch';

/** A change of one stage that may save money: how it is tried on history, and how burnrate.yaml would say it. */
export interface Candidate {
  readonly lever: Lever;
  readonly policy: StagePolicy;
  readonly key: 'cache' | 'trim' | 'maxOutputTokens' | 'retries' | 'model' | 'urgency';
  readonly value: unknown;
  readonly risk: string;
}

export interface StageHistory extends StageAttempts {
  readonly workflow: string;
  readonly stage: string;
  readonly settings: Stage;
}

const dayMs = 86_400_000;

/** What is worth trying on a stage: only levers it does not use yet. */
export function candidatesOf(history: StageHistory, config: Config): Candidate[] {
  return [
    ...cache(history),
    ...trim(history),
    ...shorten(history),
    ...retries(history),
    ...batch(history),
    ...switches(history, config),
  ];
}

const at = ({ workflow, stage }: StageHistory) => ({ workflow, stage });

function cache(history: StageHistory): Candidate[] {
  if (history.settings.cache) return [];
  const risk = 'An answer may be up to a day old; leave it where answers depend on the moment or on the user.';
  const policy = { ...at(history), cacheTtlMs: dayMs };
  return [{ lever: 'cache', policy, key: 'cache', value: { mode: 'exact', ttl: '24h' }, risk }];
}

function trim(history: StageHistory): Candidate[] {
  const { attempts, settings } = history;
  if (settings.trim || attempts.every((attempt) => attempt.partTokens === null)) return [];
  const maxInputTokens = roundUp(
    quantile(
      attempts.map((attempt) => inputTokensOf(attempt.usage)),
      0.5,
    ),
    100,
  );
  const risk = 'Half of all prompts lose the oldest history or the last passages; compare outcomes before and after.';
  const policy = { ...at(history), maxInputTokens };
  return [{ lever: 'trim', policy, key: 'trim', value: { maxInputTokens }, risk }];
}

function shorten(history: StageHistory): Candidate[] {
  if (history.settings.maxOutputTokens !== undefined) return [];
  const outputs = history.attempts.map((attempt) => attempt.usage.output ?? 0);
  const maxOutputTokens = roundUp(quantile(outputs, 0.9), 10);
  if (maxOutputTokens === 0) return [];
  const risk = 'One answer in ten is longer today and would end early; ask for brevity in the prompt as well.';
  const policy = { ...at(history), maxOutputTokens };
  return [{ lever: 'shorten', policy, key: 'maxOutputTokens', value: maxOutputTokens, risk }];
}

function retries(history: StageHistory): Candidate[] {
  const further = history.attempts.some((attempt) => attempt.reason === 'retry' && attempt.attemptNumber > 2);
  if (!further || (history.settings.retries ?? 2) < 2) return [];
  const risk = 'Calls that only their later tries saved would fail; `answersLost` says how many.';
  return [{ lever: 'retries', policy: { ...at(history), retries: 1 }, key: 'retries', value: 1, risk }];
}

function batch(history: StageHistory): Candidate[] {
  const { settings, attempts } = history;
  const live = attempts.some((attempt) => attempt.streamed);
  if (settings.urgency === 'batch' || live) return [];
  const risk = 'Answers come within hours, not seconds: only where nobody waits.';
  return [{ lever: 'batch', policy: { ...at(history), tier: 'batch' }, key: 'urgency', value: 'batch', risk }];
}

const switchesMax = 3;

/** Models the configuration already uses elsewhere: they are known to the team, and have a price. */
function switches(history: StageHistory, config: Config): Candidate[] {
  const used = new Set([
    ...history.attempts.map(({ provider, modelRequested }) => `${provider}/${modelRequested}`),
    ...(history.settings.work.kind === 'model' ? [history.settings.work.model] : []),
  ]);
  const known = Object.values(config.workflows).flatMap(({ stages }) => Object.values(stages).flatMap(modelsOf));
  const others = [...new Set(known)].filter((name) => name.includes('/') && !used.has(name));
  const risk = 'Answers may be worse, and tokens may differ between models: try it on a share of traffic first.';
  return others.slice(0, switchesMax).map((name) => {
    const model = { provider: name.slice(0, name.indexOf('/')), model: name.slice(name.indexOf('/') + 1) };
    return { lever: 'switch', policy: { ...at(history), model }, key: 'model', value: name, risk };
  });
}

function modelsOf({ work, fallback, route }: Stage): string[] {
  return [
    ...(work.kind === 'model' && !/moderation|embedding/.test(work.model) ? [work.model] : []),
    ...(fallback ?? []).filter((each): each is string => typeof each === 'string'),
    ...(route ? [route.simple] : []),
  ];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
