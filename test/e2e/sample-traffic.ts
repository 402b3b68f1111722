import { idSource, manualClock, type Random, seededRandom } from '../../src/base/index.ts';
import { costOf, rateFromUsdPerMillion, sumUsd } from '../../src/money/index.ts';
import type { Attempt, Bucket, CostLine, Outcome, OutcomeKind } from '../../src/tree/index.ts';

interface SampleStage {
  readonly stage: string;
  readonly provider: 'openai' | 'anthropic' | 'gemini';
  readonly model: string;
  /** US dollars per million tokens: input, cached input, output; null for a model nobody knows the price of. */
  readonly rates: readonly [string, string, string] | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly failing: number;
}

interface SampleWorkflow {
  readonly workflow: string;
  readonly team: string;
  readonly feature: string;
  readonly share: number;
  readonly stages: readonly SampleStage[];
}

const nano: SampleStage['rates'] = ['0.05', '0.005', '0.4'];
const mini: SampleStage['rates'] = ['0.25', '0.025', '2'];
const sonnet: SampleStage['rates'] = ['3', '0.3', '15'];
const flash: SampleStage['rates'] = ['0.3', '0.03', '2.5'];

function stage(
  name: string,
  model: `${SampleStage['provider']}/${string}`,
  rates: SampleStage['rates'],
  inputTokens: number,
  outputTokens: number,
  failing = 0.02,
): SampleStage {
  const [provider, plain] = model.split('/') as [SampleStage['provider'], string];
  return { stage: name, provider, model: plain, rates, inputTokens, outputTokens, failing };
}

const workflows: readonly SampleWorkflow[] = [
  {
    workflow: 'support-assistant',
    team: 'support',
    feature: 'chat',
    share: 0.55,
    stages: [
      stage('classify', 'openai/gpt-5-nano', nano, 600, 12),
      stage('rewrite-query', 'openai/gpt-5-mini', mini, 900, 60),
      stage('answer', 'anthropic/claude-sonnet-4-5', sonnet, 5_800, 340, 0.07),
      stage('moderate', 'openai/gpt-5-nano', nano, 420, 8),
    ],
  },
  {
    workflow: 'report-drafting',
    team: 'analytics',
    feature: 'reports',
    share: 0.3,
    stages: [
      stage('outline', 'gemini/gemini-2.5-flash', flash, 2_400, 420),
      stage('draft', 'anthropic/claude-sonnet-4-5', sonnet, 7_400, 1_500, 0.05),
      stage('polish', 'openai/gpt-5-mini', mini, 2_600, 1_300),
    ],
  },
  {
    workflow: 'sales-assistant',
    team: 'growth',
    feature: 'outreach',
    share: 0.15,
    stages: [
      stage('research', 'gemini/gemini-2.5-flash', flash, 3_200, 500),
      stage('personalise', 'openai/house-model-7b', null, 1_500, 260),
    ],
  },
];

/** What of the product ran: a release may send longer prompts. */
export interface SampleRelease {
  readonly release: string;
  readonly promptFactor: number;
}

export interface SampleTraffic {
  readonly attempts: readonly Attempt[];
  readonly outcomes: readonly Outcome[];
}

/** Runs of three workflows spread evenly from `fromMs` to `toMs`; the same seed gives the same traffic. */
export function sampleTraffic(
  runs: number,
  fromMs: number,
  toMs: number,
  seed = 7,
  shipped: SampleRelease = { release: '2026.11.2', promptFactor: 1 },
): SampleTraffic {
  const random = seededRandom(seed);
  const clock = manualClock(fromMs);
  const ids = idSource(clock, (bytes) => bytes.set(bytes.map(() => Math.floor(random.next() * 256))));
  const attempts: Attempt[] = [];
  const outcomes: Outcome[] = [];
  for (let run = 0; run < runs; run++) {
    clock.advance((toMs - fromMs) / runs);
    const made = sampleRun(random, clock.nowMs(), (prefix) => ids.next(prefix), shipped);
    attempts.push(...made.attempts);
    outcomes.push(...made.outcomes);
  }
  return { attempts, outcomes };
}

function pickWorkflow(random: Random): SampleWorkflow {
  let left = random.next();
  for (const workflow of workflows) {
    left -= workflow.share;
    if (left < 0) return workflow;
  }
  return workflows[0] as SampleWorkflow;
}

function sampleRun(
  random: Random,
  startMs: number,
  id: (prefix: string) => string,
  { release, promptFactor }: SampleRelease,
): SampleTraffic {
  const workflow = pickWorkflow(random);
  const run = id('run');
  const user = `user-${1 + Math.floor(random.next() * 60)}`;
  const interaction = id('int');
  const attempts: Attempt[] = [];
  let atMs = startMs;
  for (const step of workflow.stages) {
    const callId = id('call');
    const failed = random.next() < step.failing;
    for (let number = 1; number <= (failed ? 2 : 1); number++) {
      const fails = failed && number === 1;
      const longer = { ...step, inputTokens: step.inputTokens * promptFactor };
      const attempt = sampleAttempt(random, longer, { number, fails, atMs, callId, attemptId: id('att') });
      attempts.push({
        ...attempt,
        run,
        user,
        interaction,
        workflow: workflow.workflow,
        stage: step.stage,
        team: workflow.team,
        feature: workflow.feature,
        plan: user.endsWith('7') ? 'pro' : 'free',
        environment: 'production',
        release,
        inferred: ['interaction'],
      });
      atMs += attempt.durationMs;
    }
  }
  return { attempts, outcomes: sampleOutcome(random, run, atMs, id) };
}

function sampleOutcome(random: Random, run: string, atMs: number, id: (prefix: string) => string): Outcome[] {
  const dice = random.next();
  if (dice > 0.93) return [];
  const outcome: OutcomeKind =
    dice < 0.68 ? 'success' : dice < 0.8 ? 'escalated' : dice < 0.88 ? 'abandoned' : 'failed';
  const value = outcome === 'success' ? { picos: 4_500_000_000_000n } : null;
  const humanMinutes = outcome === 'escalated' ? 6 : null;
  return [
    { id: id('out'), run, outcome, value, humanMinutes, role: null, csat: null, atMs, recordedAtMs: atMs + 1_000 },
  ];
}

interface AttemptPlace {
  readonly number: number;
  readonly fails: boolean;
  readonly atMs: number;
  readonly callId: string;
  readonly attemptId: string;
}

function sampleAttempt(random: Random, step: SampleStage, place: AttemptPlace): Attempt {
  const spread = 0.6 + random.next() * 0.9;
  const input = Math.round(step.inputTokens * spread);
  const cached = Math.round(input * 0.3);
  const output = place.fails
    ? Math.round(step.outputTokens * 0.4)
    : Math.round(step.outputTokens * (0.6 + random.next()));
  const line: CostLine['line'] = place.number === 1 ? 'inference' : 'retries';
  const lines = step.rates === null ? [] : linesOf(line, step.rates, input - cached, cached, output);
  const durationMs = Math.round(300 + output * 9 * spread);
  return {
    attemptId: place.attemptId,
    callId: place.callId,
    attemptNumber: place.number,
    run: '',
    reason: place.number === 1 ? 'first' : 'retry',
    layer: place.number === 1 ? 'product' : 'client',
    inferred: [],
    keyId: 'anonymous',
    provider: step.provider,
    protocol: step.provider,
    operation: step.provider === 'anthropic' ? 'messages' : step.provider === 'gemini' ? 'generateContent' : 'chat',
    modelRequested: step.model,
    modelServed: step.model,
    tier: 'standard',
    streamed: step.outputTokens > 200,
    status: place.fails ? 0 : 200,
    failure: place.fails ? 'timeout' : null,
    clientRetryCount: place.number - 1,
    startedAtMs: place.atMs,
    firstByteMs: place.fails ? null : 180,
    firstTokenMs: place.fails ? null : 210,
    durationMs,
    usage: { input: input - cached, cacheRead: cached, output },
    usageSource: place.fails ? 'estimated' : 'reported',
    lines,
    cost: step.rates === null ? null : sumUsd(lines.map((each) => each.cost)),
    priceState: step.rates === null ? 'unknown' : 'known',
    rateCard: step.rates === null ? '' : 'b9a1f0c2',
    fingerprint: `f-${place.callId}`,
    prefixHashes: [],
    partTokens: null,
    requestBytes: input * 4,
    responseBytes: output * 5,
    providerRequestId: `req-${place.attemptId}`,
    decisions: [],
    simulated: true,
  };
}

function linesOf(
  line: CostLine['line'],
  rates: readonly [string, string, string],
  input: number,
  cached: number,
  output: number,
): CostLine[] {
  const quantities: readonly [Bucket, number, string][] = [
    ['input', input, rates[0]],
    ['cacheRead', cached, rates[1]],
    ['output', output, rates[2]],
  ];
  return quantities.map(([bucket, quantity, listed]) => {
    const rate = rateFromUsdPerMillion(listed);
    return { line, bucket, quantity, unit: 'tokens', rate, cost: costOf(quantity, rate) };
  });
}
