import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, type IdSource, idSource, type Random, systemClock, systemRandom } from '../../base/index.ts';
import { type DemoUser, pickRelease, pickUser } from './demo-cast.ts';
import { DemoClient } from './demo-client.ts';
import type { DemoOptions, DemoSummary } from './demo-types.ts';
import { type DemoOutcome, type DemoScene, type DemoWorkflow, pickWorkflow } from './demo-workflows.ts';

/** Enough to fill a fresh screen, then gentle enough to be left running. */
const rateDefault = { opening: 6, openingMs: 30_000, steady: 1 };
/** Interactions at once; beyond it the product's users wait. */
const inFlightMax = 48;
/** A user who comes back within this time goes on with the same session. */
const sessionGapMs = 10 * 60_000;

interface Session {
  readonly id: string;
  readonly history: { tokens: number };
  lastMs: number;
}

/** Sends the demo product's traffic until the signal fires; never rejects over a failed call. */
export async function runDemoTraffic(options: DemoOptions): Promise<DemoSummary> {
  return new DemoTraffic(options).run();
}

class DemoTraffic {
  readonly #options: DemoOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ids: IdSource;
  readonly #client: DemoClient;
  readonly #sessions = new Map<string, Session>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #outcomes = { success: 0, escalated: 0, abandoned: 0, failed: 0 };
  #interactions = 0;
  #calls = 0;
  #lost = 0;

  constructor(options: DemoOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#ids = idSource(this.#clock);
    this.#client = new DemoClient(options.target, this.#clock, this.#random);
  }

  async run(): Promise<DemoSummary> {
    const startedMs = this.#clock.monotonicMs();
    const rate = this.#options.rate ?? rateDefault;
    const most = this.#options.interactions ?? Number.POSITIVE_INFINITY;
    while (!this.#options.signal.aborted && this.#interactions < most) {
      if (this.#inFlight.size < inFlightMax) this.#begin();
      const perSecond = this.#clock.monotonicMs() - startedMs < rate.openingMs ? rate.opening : rate.steady;
      // Exponential gaps: users do not wait for each other.
      const gapMs = (-Math.log(1 - this.#random.next()) * 1_000) / perSecond;
      await sleep(gapMs, undefined, { signal: this.#options.signal }).catch(() => undefined);
    }
    await Promise.all(this.#inFlight);
    await this.#client.close();
    return { interactions: this.#interactions, calls: this.#calls, outcomes: { ...this.#outcomes }, lost: this.#lost };
  }

  #begin(): void {
    this.#interactions++;
    const interaction: Promise<void> = this.#interact(pickUser(this.#random), pickWorkflow(this.#random)).finally(() =>
      this.#inFlight.delete(interaction),
    );
    this.#inFlight.add(interaction);
  }

  async #interact(user: DemoUser, workflow: DemoWorkflow): Promise<void> {
    const run = this.#ids.next('run');
    const session = this.#sessionOf(user, workflow);
    const { systemTokens, release, promptVersion } = pickRelease(user);
    const headers = {
      'burnrate-workflow': workflow.name,
      'burnrate-run': run,
      'burnrate-session': session.id,
      'burnrate-interaction': this.#ids.next('int'),
      'burnrate-user': user.user,
      'burnrate-customer': user.customer,
      'burnrate-segment': user.segment,
      'burnrate-team': workflow.team,
      'burnrate-feature': workflow.feature,
      'burnrate-plan': user.plan,
      'burnrate-environment': 'demo',
      'burnrate-release': release,
      'burnrate-prompt-version': promptVersion,
    };
    const scene: DemoScene = {
      user,
      systemTokens,
      random: this.#random,
      history: session.history,
      call: (stage, path, body) => this.#call(headers, stage, path, body),
    };
    await this.#report(run, await workflow.run(scene));
  }

  async #call(
    headers: Readonly<Record<string, string>>,
    stage: string,
    path: string,
    body: unknown,
  ): ReturnType<DemoScene['call']> {
    this.#calls++;
    const result = await this.#client.call({
      path,
      body,
      headers: { ...headers, 'burnrate-stage': stage },
    });
    if (!result.ok) this.#lost++;
    return result;
  }

  async #report(run: string, outcome: DemoOutcome): Promise<void> {
    this.#outcomes[outcome.outcome]++;
    const body = { id: `outcome-${run}`, run, ...outcome };
    const result = await this.#client.call({ path: '/api/outcomes', body, headers: {} });
    if (!result.ok) this.#lost++;
  }

  #sessionOf(user: DemoUser, workflow: DemoWorkflow): Session {
    const key = `${user.user}/${workflow.name}`;
    const nowMs = this.#clock.monotonicMs();
    const known = this.#sessions.get(key);
    const session =
      known && nowMs - known.lastMs <= sessionGapMs
        ? known
        : { id: this.#ids.next('ses'), history: { tokens: 0 }, lastMs: nowMs };
    session.lastMs = nowMs;
    this.#sessions.set(key, session);
    return session;
  }
}
