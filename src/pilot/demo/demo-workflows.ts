import type { Random } from '../../base/index.ts';
import { wordsOf } from '../emulator/words.ts';
import type { DemoUser } from './demo-cast.ts';
import type { DemoCallResult } from './demo-client.ts';

export interface DemoOutcome {
  readonly outcome: 'success' | 'escalated' | 'abandoned' | 'failed';
  readonly valueUsd?: string;
  readonly humanMinutes?: number;
  readonly role?: string;
  readonly csat?: number;
}

/** What a workflow needs of the product around it. */
export interface DemoScene {
  readonly user: DemoUser;
  readonly systemTokens: number;
  readonly random: Random;
  /** Tokens of the session so far; a workflow adds what it said. */
  readonly history: { tokens: number };
  call(stage: string, path: string, body: unknown): Promise<DemoCallResult>;
}

export interface DemoWorkflow {
  readonly name: string;
  readonly team: string;
  readonly feature: string;
  /** Share of all interactions. */
  readonly share: number;
  run(scene: DemoScene): Promise<DemoOutcome>;
}

const failed: DemoOutcome = { outcome: 'failed' };
/** Older turns are dropped beyond this, as a product that minds its context window does. */
const historyTokensMax = 3_000;

function between(random: Random, low: number, high: number): number {
  return Math.round(low * (high / low) ** random.next());
}

function embed(tokens: number, random: Random): unknown {
  return { model: 'text-embedding-3-small', input: wordsOf(tokens, Math.floor(random.next() * 4_000)), dimensions: 64 };
}

function remember(scene: DemoScene, tokens: number): void {
  scene.history.tokens = Math.min(historyTokensMax, scene.history.tokens + tokens);
}

/** classify → retrieve → answer → moderate → sometimes a person. */
const supportAssistant: DemoWorkflow = {
  name: 'support-assistant',
  team: 'support',
  feature: 'chat',
  share: 0.6,
  async run(scene) {
    const { random } = scene;
    const question = wordsOf(between(random, 15, 120), Math.floor(random.next() * 4_000));
    const classified = await scene.call('classify', '/v1/chat/completions', classifyBody(question));
    if (!classified.ok) return failed;
    if (random.next() < 0.06) return escalated(random);
    if (!(await scene.call('retrieve', '/v1/embeddings', embed(40, random))).ok) return failed;
    const answered = await scene.call('answer', '/anthropic/v1/messages', answerBody(scene, question));
    remember(scene, 250);
    if (!answered.ok) return failed;
    if (answered.latencyMs > 6_000 && random.next() < 0.3) return { outcome: 'abandoned' };
    const checked = await scene.call('moderate', '/v1/moderations', {
      model: 'omni-moderation-latest',
      input: question,
    });
    if (!checked.ok || random.next() < 0.12) return escalated(random);
    return { outcome: 'success', valueUsd: '4.50', ...csat(random) };
  },
};

function classifyBody(question: string): unknown {
  const schema = {
    type: 'object',
    properties: {
      topic: { type: 'string', enum: ['billing', 'delivery', 'account', 'other'] },
      urgent: { type: 'boolean' },
    },
    required: ['topic', 'urgent'],
    additionalProperties: false,
  };
  return {
    model: 'gpt-5-nano',
    reasoning_effort: 'minimal',
    max_completion_tokens: 64,
    response_format: { type: 'json_schema', json_schema: { name: 'topic', strict: true, schema } },
    messages: [
      { role: 'system', content: wordsOf(180, 11) },
      { role: 'user', content: question },
    ],
  };
}

function answerBody(scene: DemoScene, question: string): unknown {
  const { random, systemTokens, history } = scene;
  const passages = wordsOf(between(random, 1_500, 5_000), Math.floor(random.next() * 4_000));
  const turns =
    history.tokens === 0
      ? []
      : [
          { role: 'user', content: wordsOf(Math.ceil(history.tokens / 3), 200) },
          { role: 'assistant', content: wordsOf(Math.floor((history.tokens * 2) / 3), 400) },
        ];
  return {
    model: 'claude-sonnet-4-5',
    max_tokens: 800,
    stream: true,
    system: [{ type: 'text', text: wordsOf(systemTokens, systemTokens), cache_control: { type: 'ephemeral' } }],
    messages: [
      ...turns,
      {
        role: 'user',
        content: [
          { type: 'text', text: passages },
          { type: 'text', text: question },
        ],
      },
    ],
  };
}

function escalated(random: Random): DemoOutcome {
  return { outcome: 'escalated', humanMinutes: between(random, 4, 12), role: 'support-agent' };
}

function csat(random: Random): { csat?: number } {
  return random.next() < 0.3 ? { csat: 3 + Math.floor(random.next() * 3) } : {};
}

/** A dialogue: an outline, a draft, and as many regenerations as it takes. */
const reportDrafting: DemoWorkflow = {
  name: 'report-drafting',
  team: 'analytics',
  feature: 'reports',
  share: 0.2,
  async run(scene) {
    const { random } = scene;
    const outline = await scene.call('outline', '/gemini/v1beta/models/gemini-2.5-flash:generateContent', {
      systemInstruction: { parts: [{ text: wordsOf(300, 31) }] },
      contents: [{ role: 'user', parts: [{ text: wordsOf(between(random, 80, 400), 57) }] }],
      generationConfig: { maxOutputTokens: 600 },
    });
    if (!outline.ok) return failed;
    let contextTokens = between(random, 400, 1_200);
    for (let draft = 0; draft < 6; draft++) {
      const written = await scene.call('draft', '/v1/chat/completions', draftBody(contextTokens));
      if (!written.ok) return failed;
      contextTokens += 400;
      if (random.next() < 0.45) return { outcome: 'success', valueUsd: '12.00', ...csat(random) };
      if (random.next() < 0.08) return { outcome: 'abandoned' };
    }
    return { outcome: 'abandoned' };
  },
};

function draftBody(contextTokens: number): unknown {
  return {
    model: 'gpt-5-mini',
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 2_000,
    messages: [
      { role: 'system', content: wordsOf(420, 97) },
      { role: 'user', content: wordsOf(contextTokens, 131) },
    ],
  };
}

/** embed → answer from what was found. */
const ragSearch: DemoWorkflow = {
  name: 'rag-search',
  team: 'search',
  feature: 'search',
  share: 0.2,
  async run(scene) {
    const { random } = scene;
    if (!(await scene.call('embed', '/v1/embeddings', embed(between(random, 6, 30), random))).ok) return failed;
    const answered = await scene.call('answer', '/gemini/v1beta/models/gemini-2.5-flash-lite:generateContent', {
      systemInstruction: { parts: [{ text: wordsOf(260, 71) }] },
      contents: [{ role: 'user', parts: [{ text: wordsOf(between(random, 4_000, 8_000), 19) }] }],
      generationConfig: { maxOutputTokens: 500, thinkingConfig: { thinkingBudget: 0 } },
    });
    if (!answered.ok) return failed;
    return random.next() < 0.82 ? { outcome: 'success', valueUsd: '0.80', ...csat(random) } : { outcome: 'abandoned' };
  },
};

export const demoWorkflows: readonly DemoWorkflow[] = [supportAssistant, reportDrafting, ragSearch];

export function pickWorkflow(random: Random): DemoWorkflow {
  let point = random.next();
  for (const workflow of demoWorkflows) {
    point -= workflow.share;
    if (point < 0) return workflow;
  }
  return supportAssistant;
}
