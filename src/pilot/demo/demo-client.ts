import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Clock, Random } from '../../base/index.ts';

/** One call of a stage, as the product's own code would make it. */
export interface DemoCall {
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface DemoCallResult {
  readonly ok: boolean;
  readonly sends: number;
  readonly latencyMs: number;
  readonly text: string;
}

const retriesMax = 2;
const connectionsMax = 64;
const timeoutMs = 60_000;

/** The demo's instance accepts any key. */
const demoKey = 'demo';

/** Calls a gateway the way an official SDK does: same headers, same retries, counted in the same header. */
export class DemoClient {
  readonly #agent = new Agent({ connections: connectionsMax, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  readonly #target: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(target: string, clock: Clock, random: Random) {
    this.#target = target.replace(/\/$/, '');
    this.#headers = {
      'content-type': 'application/json',
      'user-agent': 'burnrate-demo-product/1.0 (simulated)',
      'x-stainless-lang': 'js',
      'x-stainless-runtime': 'node',
    };
    this.#clock = clock;
    this.#random = random;
  }

  async call(call: DemoCall): Promise<DemoCallResult> {
    const startedMs = this.#clock.monotonicMs();
    for (let retry = 0; ; retry++) {
      const { status, text } = await this.#post(call, retry);
      const latencyMs = this.#clock.monotonicMs() - startedMs;
      if (status === 200) return { ok: true, sends: retry + 1, latencyMs, text };
      const canHelp = status === 0 || status === 429 || status >= 500;
      if (!canHelp || retry === retriesMax) return { ok: false, sends: retry + 1, latencyMs, text };
      await sleep(400 * 2 ** retry * (0.75 + this.#random.next() / 2));
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  /** Status 0 stands for a connection that broke. */
  async #post(call: DemoCall, retry: number): Promise<{ status: number; text: string }> {
    try {
      const answer = await request(`${this.#target}${call.path}`, {
        method: 'POST',
        headers: {
          ...this.#headers,
          ...keyHeader(call.path),
          'x-stainless-retry-count': String(retry),
          ...call.headers,
        },
        body: JSON.stringify(call.body),
        dispatcher: this.#agent,
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }
}

/** Each SDK puts its key in a header of its own. */
function keyHeader(path: string): Record<string, string> {
  if (path.startsWith('/anthropic')) return { 'x-api-key': demoKey, 'anthropic-version': '2023-06-01' };
  if (path.startsWith('/gemini')) return { 'x-goog-api-key': demoKey };
  return { authorization: `Bearer ${demoKey}` };
}
