import { createHash } from 'node:crypto';
import { type Random, seededRandom } from '../../src/base/index.ts';
import type { Config, Stage } from '../../src/config/index.ts';
import { costOf, type Usd, usd } from '../../src/money/index.ts';
import type { TraceRecord } from '../../src/pilot/index.ts';
import { createPriceBook, type PriceBook } from '../../src/pricing/index.ts';
import type { Attempt, HumanWork, Outcome, Usage } from '../../src/tree/index.ts';

const dayMs = 86_400_000;

/** A support product as its configuration says, with everything a bill of it can hold. */
export const supportFile = `version: 1
timeZone: Europe/Berlin
providers:
  openai: { kind: openai, apiKey: k, reserved: [ { monthlyUsd: 310 } ] }
  anthropic: { kind: anthropic, apiKey: k }
prices:
  - { provider: openai, model: gpt-5-nano, inputPerMillion: 0.05, cacheReadPerMillion: 0.005, outputPerMillion: 0.4 }
  - { provider: openai, model: gpt-5-mini, inputPerMillion: 0.25, cacheReadPerMillion: 0.025, outputPerMillion: 2 }
  - { provider: anthropic, model: claude-sonnet-4-5, inputPerMillion: 3, cacheReadPerMillion: 0.3, outputPerMillion: 15 }
  - { provider: openai, model: omni-moderation-latest, perCall: 0 }
workflows:
  support-assistant:
    team: support
    outcome: { valueUsd: 4.50, successRate: 0.72, minutesSaved: 6 }
    stages:
      classify: { model: openai/gpt-5-nano, next: { retrieve: 0.9, escalate: 0.1 } }
      retrieve: { service: vector-search, next: answer }
      answer: { model: anthropic/claude-sonnet-4-5, next: moderate } # asked by everybody
      moderate: { model: openai/omni-moderation-latest, next: { escalate: 0.08, polish: 0.02 } }
      polish: { service: grammar, calls: 1.2 }
      escalate: { human: { role: support-agent, minutes: "4 to 12" } }
  quick-answers:
    stages:
      reply: { model: openai/gpt-5-mini }
services:
  vector-search: { perCallUsd: 0.0002, monthlyUsd: 180, line: retrieval }
  grammar: { perCallUsd: 0.0007 }
people: { support-agent: { hourlyUsd: 38 }, engineer: { hourlyUsd: 95 }, reviewer: { hourlyUsd: 41 } }
plans: { free: { interactionsPerDay: 10 }, pro: { interactionsPerDay: 200, priceUsd: 29 } }
overheads:
  infrastructure: [ { name: gateway, monthlyUsd: 240, perCallUsd: 0.00003, allocateBy: calls } ]
  observability: { bytesPerCall: 12kB, tiers: [ { keep: 7d, share: 1 }, { keep: 30d, share: 0.05 }, { keep: 400d, bytesPerCall: 40B } ], perGbIngestUsd: 0.5, perGbMonthUsd: 0.1 }
  compliance: [ { name: privacy review, monthlyUsd: 2500, allocateBy: fixed, shares: { support-assistant: 0.7, quick-answers: 0.3 } } ]
  maintenance: [ { name: team, monthlyUsd: 1700, from: 2026-03-17, allocateBy: even } ]
  operationalDebt: [ { name: prompt upkeep, hoursPerMonth: 40, role: engineer, allocateBy: cost } ]
  switching: [ { name: provider exit, hours: 120, role: engineer, amortizedOver: 24 months, allocateBy: tokens } ]
`;

/** Everything a month, or a week, leaves in the ledger. */
export interface ProductRows {
  readonly attempts: readonly Attempt[];
  readonly outcomes: readonly Outcome[];
  readonly work: readonly HumanWork[];
}

export interface Traffic {
  /** What comes, oldest first, at ms since `startMs`. */
  readonly records: readonly TraceRecord[];
  readonly startMs: number;
  readonly seed: number;
  /** Behaves as its stages say: models, bounds of answers, trimmed prompts. */
  readonly config: Config;
  /** One run in so many tells how it ended. */
  readonly outcomeEvery: number;
}

export function pricesOf({ providers, prices }: Config): PriceBook {
  return createPriceBook({
    providers: Object.entries(providers).map(([name, { kind, baseUrl }]) => ({ name, kind, baseUrl })),
    overrides: prices as never,
  });
}

/** What traffic leaves behind, run by run; the same traffic and seed always the same. */
export function* productRuns(traffic: Traffic): Generator<ProductRows> {
  const prices = pricesOf(traffic.config);
  for (const [index, record] of traffic.records.entries()) {
    const run = runOf(record, index, { traffic, prices });
    yield {
      attempts: run.attempts,
      outcomes: index % traffic.outcomeEvery === 0 ? [run.outcome] : [],
      work: index % 211 === 0 ? [workOf(run, index)] : [],
    };
  }
}

/** All of it at once, where it is little. */
export function productRows(traffic: Traffic): ProductRows {
  const runs = [...productRuns(traffic)];
  return {
    attempts: runs.flatMap(({ attempts }) => attempts).sort((a, b) => a.startedAtMs - b.startedAtMs),
    outcomes: runs.flatMap(({ outcomes }) => outcomes),
    work: runs.flatMap(({ work }) => work),
  };
}

interface Product {
  readonly traffic: Traffic;
  readonly prices: PriceBook;
}

interface Run {
  readonly attempts: readonly Attempt[];
  readonly outcome: Outcome;
}

interface RunFrame {
  readonly record: TraceRecord;
  readonly random: Random;
  readonly base: Pick<Attempt, 'run' | 'workflow' | 'startedAtMs'> & Partial<Attempt>;
  readonly product: Product;
}

/** A trace that tells the parts of its prompts is a conversation with retrieval; another one a single question. */
function runOf(record: TraceRecord, index: number, product: Product): Run {
  const { startMs, seed } = product.traffic;
  const random = seededRandom(seed * 1_000_003 + index);
  const startedAtMs = startMs + Math.round(record.atMs);
  const whole = record.parts.length > 0;
  const run = `run_${seed}_${index}`;
  const base = {
    ...{ run, startedAtMs, workflow: whole ? 'support-assistant' : 'quick-answers' },
    ...labelsOf(record.session ?? `s${index % 997}`, startedAtMs - startMs, `${seed}_${index}`),
  };
  const frame = { record, random, base, product };
  const attempts = whole ? supportCalls(frame) : [modelCall(frame, 'reply', 'reply', record)];
  return { attempts, outcome: outcomeOf(frame, attempts.at(-1)?.startedAtMs ?? startedAtMs) };
}

const hashOf = (text: string): number => createHash('md5').update(text).digest().readUInt32BE(0);

/** Who asks follows from the session; what runs follows from the time. */
function labelsOf(session: string, sinceMs: number, id: string): Partial<Attempt> {
  const user = hashOf(session) % 400;
  return {
    ...{ session, user: `u${user}`, interaction: `${session}_${id}`, environment: 'production' },
    ...{
      customer: `customer-${user % 37}`,
      plan: user % 10 === 0 ? 'pro' : 'free',
      team: ['care', 'sales', 'web'][user % 3],
    },
    ...{ feature: user % 4 === 0 ? 'email' : 'chat', segment: ['happy', 'happy', 'edge', 'failing'][user % 4] },
    ...{ release: sinceMs < 14 * dayMs ? 'r1' : 'r2', promptVersion: sinceMs < 9 * dayMs ? 'p1' : 'p2' },
    ...(user % 5 === 0 ? {} : { tags: { channel: user % 2 === 0 ? 'app' : 'site' } }),
  } as Partial<Attempt>;
}

function supportCalls(frame: RunFrame): Attempt[] {
  const { random, record } = frame;
  const question = partsOf(record).question;
  const classify = {
    ...record,
    inputTokens: 150 + question,
    outputTokens: 5 + Math.floor(random.next() * 25),
    parts: [],
  };
  const failed = random.next() < 0.02;
  const answers = failed
    ? [broken(frame), modelCall(frame, 'answer', 'answer', record, 2)]
    : [modelCall(frame, 'answer', 'answer', record)];
  const searches = random.next() < 0.2 ? 2 : 1;
  return [
    modelCall(frame, 'classify', 'classify', classify),
    ...Array.from({ length: searches }, (_, place) => serviceCall(frame, place)),
    ...answers,
    ...(random.next() < 0.9 ? [moderation(frame)] : []),
  ];
}

function moderation(frame: RunFrame): Attempt {
  const made = modelCall(frame, 'moderate', 'moderate', { ...frame.record, outputTokens: 0, parts: [] });
  return { ...made, operation: 'moderations' };
}

/** A first try that timed out: what it cost is an estimate. */
function broken(frame: RunFrame): Attempt {
  const made = modelCall(frame, 'answer', 'answer', {
    ...frame.record,
    outputTokens: Math.floor(frame.record.outputTokens / 2),
  });
  return { ...made, failure: 'timeout', usageSource: 'estimated', status: 0, durationMs: 20_000 };
}

function modelCall(frame: RunFrame, stage: string, call: string, asked: TraceRecord, attemptNumber = 1): Attempt {
  const { base, product } = frame;
  const settings = stageOf(product.traffic.config, base.workflow ?? '', stage);
  const [provider = '', model = ''] = splitModel(settings);
  const { usage, partTokens } = behave(asked, settings, frame.random.next() < 0.5);
  const tier = 'standard';
  const { lines, cost, rateCard } = product.prices.price({ provider, model, tier, usage, atMs: base.startedAtMs });
  const retried = attemptNumber > 1;
  return {
    ...plain,
    ...base,
    stage,
    callId: `${base.run}_${call}`,
    attemptId: `${base.run}_${call}_${attemptNumber}`,
    attemptNumber,
    reason: retried ? 'retry' : 'first',
    layer: retried ? 'gateway' : 'product',
    provider,
    tier,
    usage,
    lines,
    cost,
    modelRequested: model,
    modelServed: model,
    protocol: provider === 'anthropic' ? 'anthropic' : 'openai',
    rateCard,
    startedAtMs: base.startedAtMs + (retried ? 20_500 : 900),
    durationMs: 400 + asked.outputTokens * 12,
    partTokens,
    requestBytes: asked.inputTokens * 4,
    responseBytes: asked.outputTokens * 5,
    streamed: stage === 'answer',
    priceState: cost === null ? 'unknown' : 'known',
    fingerprint: String(hashOf(JSON.stringify([stage, asked.inputTokens, asked.parts]))),
  } as Attempt;
}

const stageOf = (config: Config, workflow: string, stage: string): Stage =>
  config.workflows[workflow]?.stages[stage] as Stage;

function splitModel({ work }: Stage): readonly string[] {
  const name = work.kind === 'model' ? work.model : '';
  return [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
}

function partsOf({ parts, inputTokens }: TraceRecord) {
  const of = (part: string) =>
    parts
      .filter((each) => each.part === part)
      .flatMap(({ blocks }) => blocks)
      .reduce((sum, { tokens }) => sum + tokens, 0);
  if (parts.length === 0) return { system: 0, history: 0, retrieval: 0, question: inputTokens, tools: 0 };
  return {
    system: of('system'),
    history: of('history'),
    retrieval: of('retrieval'),
    question: of('question'),
    tools: 0,
  };
}

/** What a stage sends and gets under its settings: passages are left out first, then history; answers end at their bound. */
function behave(asked: TraceRecord, settings: Stage, cached: boolean) {
  const full = partsOf(asked);
  const over = Math.max(0, asked.inputTokens - (settings.trim?.maxInputTokens ?? Number.POSITIVE_INFINITY));
  const fromRetrieval = Math.min(over, full.retrieval);
  const fromHistory = Math.min(over - fromRetrieval, full.history);
  const partTokens = { ...full, retrieval: full.retrieval - fromRetrieval, history: full.history - fromHistory };
  const input = asked.inputTokens - fromRetrieval - fromHistory;
  const cacheRead = cached ? Math.min(full.system, input) : 0;
  const output = Math.min(asked.outputTokens, settings.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  const usage: Usage = {
    input: input - cacheRead,
    ...(cacheRead > 0 ? { cacheRead } : {}),
    ...(output > 0 ? { output } : {}),
  };
  return { usage, partTokens: asked.parts.length > 0 ? partTokens : null };
}

function serviceCall({ base }: RunFrame, place: number): Attempt {
  const rate = usd('0.0002').picos;
  const cost = costOf(1, rate);
  return {
    ...plain,
    ...base,
    ...{
      stage: 'retrieve',
      callId: `${base.run}_search${place}`,
      attemptId: `${base.run}_search${place}_1`,
      attemptNumber: 1,
    },
    ...{
      reason: 'first',
      layer: 'product',
      provider: 'vector-search',
      protocol: 'other',
      operation: 'service',
      tier: '',
    },
    ...{ modelRequested: '', modelServed: '', usage: { call: 1 }, cost, rateCard: '', priceState: 'known' },
    lines: [{ line: 'retrieval', bucket: 'call', unit: 'calls', quantity: 1, rate, cost }],
    ...{
      startedAtMs: base.startedAtMs + 500 + place,
      durationMs: 60,
      partTokens: null,
      requestBytes: 300,
      responseBytes: 9_000,
    },
    ...{ streamed: false, fingerprint: '' },
  } as Attempt;
}

const plain = {
  ...{ inferred: [], keyId: 'key_app', operation: 'chat', status: 200, failure: null, clientRetryCount: 0 },
  ...{
    firstByteMs: 250,
    firstTokenMs: 300,
    usageSource: 'reported',
    prefixHashes: [],
    decisions: [],
    providerRequestId: '',
  },
  simulated: true,
} as const;

function outcomeOf({ base, random }: RunFrame, atMs: number): Outcome {
  const draw = random.next();
  const outcome = draw < 0.72 ? 'success' : draw < 0.84 ? 'escalated' : draw < 0.94 ? 'abandoned' : 'failed';
  const value: Usd | null = outcome === 'success' ? usd('4.5') : null;
  const humanMinutes = outcome === 'escalated' ? Math.round((4 + random.next() * 8) * 100) / 100 : null;
  const told = { id: `out_${base.run}`, run: base.run, outcome, value, humanMinutes, csat: null } as const;
  return {
    ...told,
    role: humanMinutes === null ? null : 'support-agent',
    atMs: atMs + 1_000,
    recordedAtMs: atMs + 2_000,
  };
}

function workOf({ attempts }: Run, index: number): HumanWork {
  const { run, callId, workflow, stage, team, customer, plan, release, startedAtMs } = attempts.at(-1) as Attempt;
  const labels = Object.entries({ workflow, stage, team, customer, plan, release, run }).filter(([, value]) => value);
  return {
    ...Object.fromEntries(labels),
    ...{ id: `rev_${run}`, kind: 'sample', decision: 'approve', callId, keyId: 'key_app', role: 'reviewer' },
    ...{ minutes: 1 + (index % 7) / 4, atMs: startedAtMs + 3_600_000, simulated: true },
  };
}

interface LedgerWriter {
  append(batch: {
    journalId: string;
    afterSequence: number;
    lastSequence: number;
    attempts: readonly Attempt[];
  }): Promise<number>;
  recordOutcome(outcome: Outcome): Promise<unknown>;
  recordWork(work: HumanWork): Promise<unknown>;
}

/** Puts rows where the product would have put them, piece by piece. @returns how many there were */
export async function keepRows(ledger: LedgerWriter, pieces: Iterable<ProductRows>, journalId: string) {
  const batchSize = 2_000;
  const kept = { attempts: 0, outcomes: 0 };
  let waiting: Attempt[] = [];
  const flush = async () => {
    const lastSequence = kept.attempts + waiting.length;
    await ledger.append({ journalId, afterSequence: kept.attempts, lastSequence, attempts: waiting });
    kept.attempts = lastSequence;
    waiting = [];
  };
  const told: ProductRows[] = [];
  for (const piece of pieces) {
    waiting = waiting.concat(piece.attempts);
    while (waiting.length >= batchSize) await flush();
    told.push({ ...piece, attempts: [] });
  }
  await flush();
  for (const { outcomes, work } of told) {
    for (const outcome of outcomes) await ledger.recordOutcome(outcome);
    for (const each of work) await ledger.recordWork(each);
    kept.outcomes += outcomes.length;
  }
  return kept;
}
