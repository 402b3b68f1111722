/**
 * Drives many callers against one hard budget and compares three counts: what the provider says it billed, what the
 * budget shows, and what the callers received. Prices are multiplied here by hand.
 */
import { Agent, request } from 'node:http';
import { killChild } from './replay-check.ts';
import { pause, type Stack } from './stack.ts';

/** gpt-4.1-mini shows every token it bills. OpenAI, per million: input 0.40, cached 0.10, output 1.60 USD; in picodollars. */
export const proofModel = 'gpt-4.1-mini';
const rates = { input: 400_000n, cacheRead: 100_000n, output: 1_600_000n };
const prompt = 'Summarise the customer case in a few friendly sentences.';
const promptTokens = 8n;

export interface ProofOptions {
  readonly callers: number;
  /** Calls the budget has room for, at the mean answer. */
  readonly fits: number;
  readonly outputTokens: number;
  readonly stream: boolean;
  /** Share of callers that read slowly, or leave in the middle. */
  readonly slowShare: number;
  readonly leaveShare: number;
  /** kill −9 of a worker this often, ms; 0 is never. */
  readonly killEveryMs: number;
  readonly durationMsMax: number;
}

export interface ProofResult {
  readonly calls: number;
  readonly admitted: number;
  readonly completed: number;
  readonly cutShort: number;
  readonly left: number;
  readonly broken: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly limitUsd: number;
  readonly billedUsd: number;
  readonly usedShare: number;
  readonly completedShare: number;
  readonly heldAfter: string;
  readonly estimatedUsd: number;
}

/** What a budget for `fits` calls is, dollars. */
export function budgetUsd({ fits, outputTokens }: Pick<ProofOptions, 'fits' | 'outputTokens'>): number {
  const call = promptTokens * rates.input + BigInt(outputTokens) * rates.output;
  return Number(BigInt(fits) * call) / 1e12;
}

export function budgetYaml(options: Pick<ProofOptions, 'fits' | 'outputTokens'>): string {
  return `budgets: [ { name: proof, limitUsd: ${budgetUsd(options)}, period: total, hard: true } ]\n`;
}

type Ending =
  | 'completed'
  | 'cutShort'
  | 'left'
  | 'broken'
  | { readonly refused: string; readonly retryMs: number | null };

/** Runs callers until the money is gone or the time is over, waits until everything is settled, and counts. */
export async function proveBudget(stack: Stack, options: ProofOptions): Promise<ProofResult> {
  const counts = { calls: 0, completed: 0, cutShort: 0, left: 0, broken: 0, kills: 0 };
  const refused: Record<string, number> = {};
  const agent = new Agent({ keepAlive: true, maxSockets: options.callers });
  const endsAtMs = performance.now() + options.durationMsMax;
  let over = false;
  const caller = async (index: number) => {
    for (let turn = 0; !over && performance.now() < endsAtMs; turn++) {
      counts.calls += 1;
      const ending = await oneCall(stack, agent, options, index * 7919 + turn);
      if (typeof ending === 'string') {
        counts[ending] += 1;
        continue;
      }
      refused[ending.refused] = (refused[ending.refused] ?? 0) + 1;
      if (ending.refused === 'budget_exceeded') return;
      await pause((ending.retryMs ?? 200) * (0.5 + ((index * 31 + turn) % 16) / 16));
    }
  };
  const killing = killWorkers(stack, options.killEveryMs, () => over, counts);
  await Promise.all(Array.from({ length: options.callers }, (_, index) => caller(index)));
  over = true;
  await killing;
  agent.destroy();
  return { ...(await settledCounts(stack, options)), ...shares(counts), ...counts, refused };
}

function shares({ completed, cutShort, broken }: { completed: number; cutShort: number; broken: number }) {
  const admitted = completed + cutShort + broken;
  return { admitted, completedShare: admitted === 0 ? 0 : completed / admitted };
}

async function killWorkers(
  stack: Stack,
  everyMs: number,
  over: () => boolean,
  counts: { kills: number },
): Promise<void> {
  if (everyMs === 0) return;
  for (;;) {
    await pause(everyMs);
    if (over()) return;
    await killChild(stack, 'internal-worker');
    counts.kills += 1;
  }
}

function oneCall(stack: Stack, agent: Agent, options: ProofOptions, dice: number): Promise<Ending> {
  const body = JSON.stringify({
    model: proofModel,
    messages: [{ role: 'user', content: prompt }],
    max_tokens: 32_000,
    stream: options.stream,
  });
  const roll = ((dice * 2_654_435_761) >>> 8) % 1_000;
  const slow = roll < options.slowShare * 1_000;
  const leaves = roll >= 1_000 - options.leaveShare * 1_000;
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer proof' };
    const outgoing = request(`${stack.origin}/v1/chat/completions`, { method: 'POST', agent, headers });
    outgoing.once('error', () => resolve(leaves ? 'left' : 'broken'));
    outgoing.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (slow) delayed(answer, dice);
      });
      answer.once('error', () => resolve(leaves ? 'left' : 'broken'));
      answer.once('end', () => resolve(endingOf(answer.statusCode ?? 0, answer.headers, text)));
    });
    if (leaves) setTimeout(() => outgoing.destroy(), roll % 400);
    outgoing.end(body);
  });
}

function delayed(answer: { pause(): unknown; resume(): unknown }, dice: number): void {
  answer.pause();
  setTimeout(() => answer.resume(), 5 + (dice % 30));
}

function endingOf(status: number, headers: NodeJS.Dict<string | string[]>, text: string): Ending {
  if (status === 200) {
    if (/"finish_reason": ?"length"/.test(text)) return 'cutShort';
    return /"finish_reason": ?"stop"/.test(text) ? 'completed' : 'broken';
  }
  const retryAfter = headers['retry-after'];
  const retryMs = typeof retryAfter === 'string' ? Number(retryAfter) * 1_000 : null;
  return { refused: String(headers['burnrate-error-code'] ?? status), retryMs };
}

interface BudgetAnswer {
  readonly standings: readonly { readonly held: string; readonly leasedIdle: string; readonly estimated: string }[];
}

async function settledCounts(stack: Stack, options: ProofOptions) {
  const billedUsd = Number(await billedPicos(stack)) / 1e12;
  const page = await stack.until<BudgetAnswer>('/api/budgets/proof', ({ standings }) =>
    standings.every(({ held, leasedIdle }) => Number(held) === 0 && Number(leasedIdle) === 0),
  );
  const [standing] = page.standings;
  const limitUsd = budgetUsd(options);
  const money = { limitUsd, billedUsd, usedShare: billedUsd / limitUsd };
  return { ...money, heldAfter: standing?.held ?? '', estimatedUsd: Number(standing?.estimated ?? 0) };
}

interface BilledReport {
  readonly inFlight: number;
  readonly total: { readonly requests: number; readonly usage: Readonly<Record<string, number>> };
}

/** The emulator's own count, times the rates above; waits until no answer is being billed any more. */
async function billedPicos(stack: Stack): Promise<bigint> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = (await (await fetch(`${stack.emulator.origin}/emulator/billed`)).json()) as BilledReport;
    if (answer.inFlight > 0) {
      await pause(100);
      continue;
    }
    const { input = 0, cacheRead = 0, output = 0, reasoning = 0 } = answer.total.usage;
    return (
      BigInt(input) * rates.input + BigInt(cacheRead) * rates.cacheRead + BigInt(output + reasoning) * rates.output
    );
  }
  throw new Error('the emulator is still answering after a minute');
}

/** How an emulator bills what a client does not read to its end. */
export const billings = ['stops', { lagTokens: 40 }, 'bills-to-end'] as const;

/** Answers of about `outputTokens`, each token visible and `perTokenMs` apart. */
export function proofScenario(billing: (typeof billings)[number], outputTokens: number, perTokenMs: number): unknown {
  return {
    seed: 7,
    latency: { firstTokenMs: 50, perTokenMs },
    output: { tokens: { p50: outputTokens, p99: Math.round(outputTokens * 1.4) }, reasoningTokens: 0 },
    billing,
  };
}
