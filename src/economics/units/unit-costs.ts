import { sumUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { LineKind } from '../../tree/index.ts';
import { perOne, ratio } from './ratio.ts';
import type { UnitFacts } from './unit-facts.ts';

/** What one of each costs: the whole stack ÷ how many there were, failures included. Null where there was none. */
export interface UnitCosts {
  readonly perCall: Usd | null;
  readonly perInteraction: Usd | null;
  readonly perRun: Usd | null;
  readonly perSession: Usd | null;
  readonly perActiveUser: Usd | null;
  readonly perCompletedRequest: Usd | null;
  readonly perSuccess: Usd | null;
  /** Tokens alone, to see what a token bill hides. */
  readonly tokensPerSuccess: Usd | null;
  /** Calls ÷ interactions. */
  readonly multiplier: number | null;
  /** Runs that ended without a person ÷ runs that ended. */
  readonly containment: number | null;
  /** Runs handed to a person ÷ runs that ended. */
  readonly escalation: number | null;
  /** Calls tried again ÷ calls. */
  readonly retryRate: number | null;
}

export function unitCosts(facts: UnitFacts): UnitCosts {
  const { cost, outcomes } = facts;
  const ended = outcomes.success + outcomes.escalated + outcomes.abandoned + outcomes.failed;
  const escalation = ratio(outcomes.escalated, ended);
  return {
    perCall: perOne(cost, facts.calls),
    perInteraction: perOne(cost, facts.interactions),
    perRun: perOne(cost, facts.runs),
    perSession: perOne(cost, facts.sessions),
    perActiveUser: perOne(cost, facts.users),
    perCompletedRequest: perOne(cost, facts.completedCalls),
    perSuccess: perOne(cost, outcomes.success),
    tokensPerSuccess: perOne(facts.tokenCost, outcomes.success),
    multiplier: ratio(facts.calls, facts.interactions),
    containment: escalation === null ? null : 1 - escalation,
    escalation,
    retryRate: ratio(facts.retriedCalls, facts.calls),
  };
}

/** The five cost components every LLM product has, each with the one measure to watch and the lever that moves it. */
export const components = [
  {
    component: 'Model inference',
    lines: ['inference', 'guardrails', 'fallbacks', 'hedges'],
    includes: 'Input and output tokens, or GPU time',
    risk: 'Context bloat and verbose outputs',
    measure: 'Cost per completed request',
    unit: 'usd',
    lever: 'Prompt trimming, smaller model routing',
  },
  {
    component: 'Retries and replays',
    lines: ['retries', 'repairs'],
    includes: 'Timeouts, malformed responses, failed validation',
    risk: 'Silent growth of usage, two- or threefold',
    measure: 'Retry rate by workflow stage',
    unit: 'share',
    lever: 'Stricter schemas, better prompts',
  },
  {
    component: 'Infrastructure',
    lines: ['infrastructure', 'capacity', 'retrieval', 'services'],
    includes: 'Compute, storage, network, load balancing, retrieval',
    risk: 'Provisioning for the peak',
    measure: 'Cost per 1,000 requests',
    unit: 'usd',
    lever: 'Autoscaling, reserved capacity',
  },
  {
    component: 'Observability',
    lines: ['observability'],
    includes: 'Logs, traces, metrics, redaction, retention',
    risk: 'Log volume and duplicate pipelines',
    measure: 'GB stored per request',
    unit: 'gigabytes',
    lever: 'Sampling, tiered retention',
  },
  {
    component: 'Support overhead',
    lines: ['human'],
    includes: 'Escalations, quality checks, review queues, incidents',
    risk: 'Poor outputs become labour',
    measure: 'Human minutes per 100 interactions',
    unit: 'minutes',
    lever: 'Guardrails, evaluation loops',
  },
] as const satisfies readonly {
  readonly component: string;
  readonly lines: readonly LineKind[];
  readonly includes: string;
  readonly risk: string;
  readonly measure: string;
  readonly unit: 'usd' | 'share' | 'gigabytes' | 'minutes';
  readonly lever: string;
}[];

export type Component = (typeof components)[number];

export interface ComponentFigure {
  readonly component: Component;
  readonly cost: Usd;
  /** In the component's unit; money for `usd`. Null when it cannot be known. */
  readonly value: Usd | number | null;
}

/** The measure of each component, with what the component costs as a whole. */
export function componentFigures(facts: UnitFacts): ComponentFigure[] {
  return components.map((component) => {
    const cost = sumUsd(component.lines.map((line) => facts.costByLine.get(line) ?? zeroUsd));
    return { component, cost, value: measureOf(component, cost, facts) };
  });
}

const bytesPerGb = 1e9;

function measureOf({ component }: Component, cost: Usd, facts: UnitFacts): Usd | number | null {
  switch (component) {
    case 'Model inference':
      return perOne(cost, facts.completedCalls);
    case 'Retries and replays':
      return ratio(facts.retriedCalls, facts.calls);
    case 'Infrastructure':
      return perOne({ picos: cost.picos * 1_000n }, facts.calls);
    case 'Observability':
      return facts.bytesStoredPerCall === null ? null : facts.bytesStoredPerCall / bytesPerGb;
    case 'Support overhead':
      return ratio(facts.humanMinutes * 100, facts.interactions);
  }
}
