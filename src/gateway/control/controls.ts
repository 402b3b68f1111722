import { BurnrateError, type Clock } from '../../base/index.ts';
import type { PotRef } from '../../books/index.ts';
import type { Coordinator, Soon } from '../../coordination/index.ts';
import type { Journal } from '../../journal/index.ts';
import {
  type BrakeDecision,
  type BudgetMatch,
  type BudgetUse,
  brakeFor,
  type HoldFacts,
  type HoldSize,
  inScope,
  instanceOf,
  matchBudgets,
  noBrake,
  queueWaitMs,
  rateLimitHeaders,
  sizeHold,
  type VisibleLimit,
} from '../../policy/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import { type Attempt, type HoldEntry, inputTokensOf, outputTokensOf } from '../../tree/index.ts';
import type { Control, Exchange, Stage } from '../exchange.ts';
import { setMember } from '../json-bytes.ts';
import { limits } from '../limits.ts';
import type { BudgetsPort } from '../ports.ts';
import type { GatewaySettings } from '../settings.ts';
import { actualOf, billableOf, withInteraction } from './amounts.ts';
import { factsOf, learnKeyOf, potOf } from './call-facts.ts';
import type { ControlCounters } from './control-counters.ts';
import { Coverage } from './coverage.ts';
import { checkPlan, type Hurdle, measure } from './hurdle.ts';
import type { Learned } from './learned.ts';
import { pause } from './pause.ts';
import { amountText, refusedByBudget } from './refused.ts';
import { setBody, switchModel } from './switch-model.ts';

export interface ControlDeps {
  readonly budgets: BudgetsPort;
  readonly coordinator: Coordinator;
  readonly journal: Pick<Journal, 'extend'>;
  readonly priceBook: PriceBook;
  readonly clock: Clock;
}

/** Bounds calls before anything of them goes out, and settles what they held when they end. */
export class Controls {
  readonly counters: ControlCounters;
  readonly #deps: ControlDeps;
  readonly #settings: GatewaySettings;
  readonly #learned: Learned;
  #queued = 0;

  constructor(
    deps: ControlDeps,
    settings: GatewaySettings,
    memory: { readonly controlCounters: ControlCounters; readonly learned: Learned },
  ) {
    this.#deps = deps;
    this.#settings = settings;
    this.counters = memory.controlCounters;
    this.#learned = memory.learned;
  }

  /**
   * Admits a call to its limits, plan and budgets. Where none is there it costs a few reads.
   * @throws BurnrateError rate_limited, cooldown, model_not_allowed, budget_exceeded, quota_exceeded, budget_contended, unknown_price, unbounded_input, books_unavailable, overloaded
   */
  readonly stage: Stage = (exchange) => {
    const { budgets } = this.#deps;
    if (exchange.understanding.operation.billing === 'free') return;
    const definitions = budgets.definitions();
    const outputMax = this.#outputMax(exchange);
    if (definitions.length === 0 && budgets.limits().length === 0 && outputMax === null) return;
    const visible = this.#takePaces(exchange);
    if (visible instanceof Promise) return visible.then((limits) => this.#bound(exchange, limits, outputMax));
    return this.#bound(exchange, visible, outputMax);
  };

  /** Holds what its budgets ask for, once its limits let it in. */
  #bound(exchange: Exchange, visible: readonly VisibleLimit[] | null, outputMax: number | null): void | Promise<void> {
    const learnKey = learnKeyOf(exchange);
    exchange.control = { ...unbounded, learnKey, visible: visible ?? [], pacesOpen: visible !== null };
    const definitions = this.#deps.budgets.definitions();
    const matches = definitions.length === 0 ? [] : matchBudgets(definitions, factsOf(exchange));
    if (matches.length > 0) return this.#admit(exchange, matches, outputMax);
    if (outputMax !== null) this.#limitOutput(exchange, outputMax);
  }

  /** What stage and plan allow. @throws BurnrateError model_not_allowed */
  #outputMax(exchange: Exchange): number | null {
    const { attribution } = exchange.call;
    const stages = this.#settings.workflows.get(attribution.workflow ?? '')?.stageOutputTokensMax;
    const ofStage = stages?.get(attribution.stage ?? '') ?? null;
    const plan = attribution.plan === undefined ? undefined : this.#deps.budgets.plans().get(attribution.plan);
    if (!plan) return ofStage;
    checkPlan(plan, exchange);
    return plan.maxOutputTokens === null ? ofStage : Math.min(plan.maxOutputTokens, ofStage ?? plan.maxOutputTokens);
  }

  /** @returns how its limits stand; null when none counts it */
  #takePaces(exchange: Exchange): Soon<readonly VisibleLimit[] | null> {
    const rules = this.#deps.budgets.limits();
    if (rules.length === 0) return null;
    const facts = factsOf(exchange);
    const steps = rules
      .filter((rule) => inScope(rule.scope, facts))
      .map((rule) => ({ rule, instance: instanceOf(rule.per, facts) }));
    if (steps.length === 0) return null;
    const likely = this.#learned.quantiles(learnKeyOf(exchange))?.p50 ?? 0;
    return this.#deps.coordinator.takePaces(exchange.call.attemptId, steps, exchange.prompt.inputTokens + likely);
  }

  async #admit(exchange: Exchange, first: readonly BudgetMatch[], outputMax: number | null): Promise<void> {
    let matches = first;
    let brake = this.#brake(matches);
    if (brake.model !== null && switchModel(exchange, brake.model, this.#settings)) {
      matches = matchBudgets(this.#deps.budgets.definitions(), factsOf(exchange));
      exchange.control = { ...controlOf(exchange), learnKey: learnKeyOf(exchange) };
    }
    for (;;) {
      // How a budget stands may be unknown before the first hold on it; then its brakes are looked at again.
      const known = matches.every((match) => this.#deps.budgets.account.state.standing(potOf(match)) !== null);
      await this.#hold(exchange, matches, brake, outputMax);
      const again = known ? brake : this.#brake(matches);
      if (known || again.rungs.length === brake.rungs.length) break;
      this.#giveBack(exchange);
      brake = again;
      if (brake.model !== null && switchModel(exchange, brake.model, this.#settings)) {
        matches = matchBudgets(this.#deps.budgets.definitions(), factsOf(exchange));
      }
    }
  }

  #brake(matches: readonly BudgetMatch[]): BrakeDecision {
    const uses = matches.filter(({ definition }) => definition.brake.length > 0).flatMap((match) => this.#use(match));
    return uses.length === 0 ? noBrake : brakeFor(uses);
  }

  #use(match: BudgetMatch): BudgetUse[] {
    const standing = this.#deps.budgets.account.state.standing(potOf(match));
    if (!standing) return [];
    const { name, limit, brake } = match.definition;
    return [{ budget: name, used: limit - standing.remaining, limit, brake, resetsInMs: standing.resetsInMs ?? 0 }];
  }

  async #hold(
    exchange: Exchange,
    matches: readonly BudgetMatch[],
    brake: BrakeDecision,
    outputMax: number | null,
  ): Promise<void> {
    exchange.control = { ...controlOf(exchange), rungs: brake.rungs };
    this.counters.noteRungs(brake.rungs);
    await this.#checkBrake(exchange, matches, brake);
    const { priceBook, clock, budgets } = this.#deps;
    const pots = matches.map(potOf);
    const hurdle = measure(exchange, matches, smaller(outputMax, brake.maxOutputTokens), {
      priceBook,
      nowMs: clock.nowMs(),
      learned: this.#learned,
      unspentPicos: () => this.#unspent(matches),
      sharers: () => budgets.account.state.openHoldsOf(pots),
    });
    await this.#queue(exchange, matches, brake, hurdle);
    const newInteraction = await this.#newInteraction(exchange, matches);
    let facts = hurdle.factsNow();
    const ask = {
      holdId: exchange.call.attemptId,
      pots,
      size: (headroom: bigint | null) => {
        facts = hurdle.factsNow();
        return withInteraction(sizeHold(facts, headroom), newInteraction);
      },
      admitted: exchange.call.attemptNumber > 1,
    };
    const held = budgets.account.tryHold(ask) ?? (await this.#wait(exchange, ask));
    if (newInteraction !== null) this.#deps.coordinator.noteInteraction(newInteraction, true);
    this.counters.held++;
    const coverage = hurdle.strict ? this.#coverage(exchange, facts, held.sizing, pots) : null;
    const ending = coverage ? hurdle.ending : null;
    const { entry: hold } = held;
    exchange.control = { ...controlOf(exchange), pots, hold, coverage, ending, bounds: facts, newInteraction };
    this.#send(exchange, hurdle, facts, held.sizing);
  }

  #unspent(matches: readonly BudgetMatch[]): bigint | null {
    const counted = matches.filter(({ definition }) => definition.hard && definition.unit === 'usd');
    if (counted.length === 0) return null;
    const { state } = this.#deps.budgets.account;
    return least(counted.map((match) => match.definition.limit - (state.standing(potOf(match))?.spent ?? 0n)));
  }

  /** @throws BurnrateError budget_exceeded, quota_exceeded, cooldown */
  async #checkBrake(exchange: Exchange, matches: readonly BudgetMatch[], brake: BrakeDecision): Promise<void> {
    const { clock, budgets, coordinator } = this.#deps;
    const stopping = matches.find(({ definition }) => definition.name === brake.stoppedBy);
    if (stopping) {
      const { definition, instance } = stopping;
      const standing = budgets.account.state.standing(potOf(stopping));
      const { name: budget, unit, limit } = definition;
      const spent = limit - (standing?.remaining ?? 0n);
      const resetsInMs = standing?.resetsInMs ?? Number.POSITIVE_INFINITY;
      throw refusedByBudget('stopped', { budget, instance, unit, limit, spent, leased: 0n, resetsInMs }, clock);
    }
    if (brake.cooldownMs === 0) return;
    const who = exchange.call.attribution.user ?? exchange.caller.keyId;
    const decision = await coordinator.takeTurn(`${brake.rungs.at(-1)}\u0000${who}`, brake.cooldownMs);
    if (!decision.ok) {
      throw new BurnrateError('cooldown', {
        message: `A budget is nearly used up (${brake.rungs.join(', ')}), so each user pauses ${brake.cooldownMs / 1000} s between calls.`,
        retryAfterMs: decision.retryAfterMs,
      });
    }
  }

  /** Waits for the turn at which the money left lasts until it starts anew. */
  async #queue(
    exchange: Exchange,
    matches: readonly BudgetMatch[],
    brake: BrakeDecision,
    { factsNow }: Hurdle,
  ): Promise<void> {
    if (brake.queueMs === 0) return;
    if (this.#queued >= limits.queuedMax) {
      throw new BurnrateError('overloaded', {
        message: 'Too many calls wait for their turn.',
        retryAfterMs: limits.overloadedRetryAfterMs,
      });
    }
    const cost = sizeHold(factsNow(), null).need.usd ?? 0n;
    const uses = matches.filter(({ definition }) => definition.unit === 'usd').flatMap((match) => this.#use(match));
    const waits = uses.filter((use) => use.brake.length > 0).map((use) => queueWaitMs(use, cost, brake.queueMs));
    this.#queued++;
    try {
      await pause(Math.max(0, ...waits), exchange);
    } finally {
      this.#queued--;
    }
  }

  async #wait<S extends HoldSize>(
    exchange: Exchange,
    ask: Parameters<BudgetsPort['account']['tryHold']>[0] & { size: (headroom: bigint | null) => S },
  ): Promise<{ readonly entry: HoldEntry; readonly sizing: S }> {
    const { budgets, clock } = this.#deps;
    const gone = new AbortController();
    exchange.onGone = () => gone.abort();
    this.counters.waited++;
    const outcome = await budgets.account.hold({ ...ask, waitMsMax: this.#settings.budgetWaitMs }, gone.signal);
    exchange.onGone = null;
    if (outcome.ok) return outcome;
    if (outcome.reason !== 'aborted') throw refusedByBudget(outcome.reason, outcome.refusal, clock);
    throw new BurnrateError('bad_request', { message: 'The client broke off while its call waited.' });
  }

  /** Null when it counted before, or nothing counts interactions; the call is one when nobody said which it is of. */
  async #newInteraction(exchange: Exchange, matches: readonly BudgetMatch[]): Promise<string | null> {
    if (!matches.some(({ definition }) => definition.unit === 'interactions')) return null;
    const key = exchange.call.attribution.interaction ?? exchange.call.callId;
    return (await this.#deps.coordinator.interactionCounted(key)) ? null : key;
  }

  #coverage(exchange: Exchange, facts: HoldFacts, sizing: HoldSize, pots: readonly PotRef[]): Coverage | null {
    if (!facts.visible || !sizing.extends) return null;
    const { budgets, journal } = this.#deps;
    return new Coverage({
      account: budgets.account,
      journal,
      holdId: exchange.call.attemptId,
      pots,
      facts,
      coveredTokens: sizing.coveredOutputTokens * facts.choices,
      bytesPerToken: this.#learned.gaugeOf(exchange.route.provider.name, exchange.understanding.facts.model),
    });
  }

  /** Writes into the request how long its answer may be, where that is less than what it asks for. */
  #send(exchange: Exchange, { ask, strict }: Hurdle, facts: HoldFacts, sizing: HoldSize): void {
    if (!ask) return;
    const max = strict ? sizing.maxOutputTokens : (facts.stageMaxOutputTokens ?? Number.POSITIVE_INFINITY);
    const free = ask.maxTokens ?? (strict && !facts.visible ? Number.POSITIVE_INFINITY : facts.modelMaxOutputTokens);
    if (max < free) setBody(exchange, (bytes) => setMember(bytes, ask.field, String(max)));
  }

  #limitOutput(exchange: Exchange, outputMax: number): void {
    const { route, understanding } = exchange;
    const ask = understanding.json ? route.protocol.outputOf(understanding.operation, understanding.json) : null;
    if (!ask || (ask.maxTokens ?? Number.POSITIVE_INFINITY) <= outputMax) return;
    setBody(exchange, (bytes) => setMember(bytes, ask.field, String(outputMax)));
  }

  /** What bounds the call, as its client may see it. */
  headers(exchange: Exchange): string[] {
    const { control } = exchange;
    if (!control) return [];
    const headers: string[] = [];
    const left = control.pots
      .filter((pot) => pot.unit === 'usd')
      .flatMap((pot) => this.#deps.budgets.account.state.standing(pot)?.remaining ?? []);
    if (left.length > 0) headers.push('burnrate-budget-remaining-usd', amountText(least(left), 'usd'));
    if (control.rungs.length > 0) headers.push('burnrate-brake', headerSafe(control.rungs.join(', ')));
    const visible = rateLimitHeaders(control.visible);
    if (visible) headers.push('ratelimit', visible.limit, 'ratelimit-policy', visible.policy);
    return headers;
  }

  /** How the hold of an attempt ended; write it to the journal with the attempt's end, in the same turn. */
  settle(exchange: Exchange, attempt: Attempt): HoldEntry | null {
    const { control } = exchange;
    if (!control) return null;
    const contentBytes = attempt.streamed ? (exchange.result?.observation.contentBytes ?? null) : null;
    this.#learned.note(control.learnKey, attempt, contentBytes);
    const sent = attempt.usageSource !== 'none';
    const tokens = sent ? inputTokensOf(attempt.usage) + outputTokensOf(attempt.usage) : 0;
    this.#endPaces(exchange, control, tokens);
    return control.hold ? this.#resolve(attempt, control) : null;
  }

  #resolve(attempt: Attempt, control: Control): HoldEntry | null {
    const { account } = this.#deps.budgets;
    if (attempt.usageSource === 'none') {
      this.#forget(control);
      this.counters.voided++;
      return account.void(attempt.attemptId);
    }
    const bounded = attempt.usageSource === 'estimated' ? billableOf(attempt, control) : null;
    if (bounded) {
      this.counters.expired++;
      return account.post(attempt.attemptId, bounded, true);
    }
    const priced = attempt.cost !== null || !control.pots.some((pot) => pot.unit === 'usd');
    if (attempt.usageSource !== 'reported' || !priced) {
      this.counters.expired++;
      return account.expire(attempt.attemptId);
    }
    this.counters.posted++;
    return account.post(attempt.attemptId, actualOf(attempt, control), false);
  }

  /** The call is over, however it ended; what it still holds was never sent. */
  leave(exchange: Exchange): void {
    const { control } = exchange;
    if (!control) return;
    this.#endPaces(exchange, control, 0);
    if (control.hold && !exchange.start) this.#giveBack(exchange);
  }

  #endPaces(exchange: Exchange, control: Control, tokens: number): void {
    if (!control.pacesOpen) return;
    this.#deps.coordinator.endPaces(exchange.call.attemptId, tokens);
    exchange.control = { ...control, pacesOpen: false };
  }

  #giveBack(exchange: Exchange): void {
    const control = controlOf(exchange);
    if (this.#deps.budgets.account.void(exchange.call.attemptId)) this.counters.voided++;
    this.#forget(control);
    exchange.control = { ...control, hold: null };
  }

  #forget(control: Control): void {
    if (control.newInteraction !== null) this.#deps.coordinator.noteInteraction(control.newInteraction, false);
  }
}

const unbounded: Control = {
  pots: [],
  hold: null,
  coverage: null,
  ending: null,
  bounds: null,
  visible: [],
  pacesOpen: false,
  rungs: [],
  learnKey: '',
  newInteraction: null,
};

/** The least, and nothing less than nothing. */
function least(amounts: readonly bigint[]): bigint {
  const [smallest = 0n] = [...amounts].sort((a, b) => (a < b ? -1 : 1));
  return smallest > 0n ? smallest : 0n;
}

function headerSafe(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);
}

function controlOf(exchange: Exchange): Control {
  return exchange.control as Control;
}

function smaller(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
