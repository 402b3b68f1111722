import { assert, type Clock, type Random, seededRandom } from '../../base/index.ts';
import type { BudgetDefinition, HoldEntry } from '../../tree/index.ts';
import { exchange, expireOverdue, releaseLease, takeOverLeases } from '../exchange.ts';
import { type ExchangeAnswer, type ExchangeRequest, type Lease, leaseTtlMs, type Refusal } from '../lease.ts';
import type { HoldRequest } from './hold.ts';
import { LeaseAccount } from './lease-account.ts';
import { MemoryTables } from './memory-tables.ts';
import { add, MoneyTruth } from './money-truth.ts';
import type { PotRef } from './pot.ts';
import { recoverLeases } from './recover.ts';

interface Process {
  readonly journalId: string;
  readonly account: LeaseAccount;
  entries: HoldEntry[];
  /** Entries that survive a power cut. */
  synced: number;
  /** Everything said but not yet heard, in any order. */
  message: { request: ExchangeRequest; answer: ExchangeAnswer | null } | null;
  waiting: HoldRequest[];
  contactAtMs: number;
}

export interface ModelOptions {
  readonly seed: number;
  readonly operations: number;
  /** Providers bill more than was held. */
  readonly overdraw: boolean;
  /** Machines lose power and journals their unsynced end. */
  readonly powerCuts: boolean;
  /** Limits change while running. */
  readonly limitChanges: boolean;
}

export interface ModelReport {
  readonly holds: number;
  readonly refusals: number;
  readonly crashes: number;
  readonly exchanges: number;
}

const definitionsOf = (limit: bigint): BudgetDefinition[] => {
  const base = { scope: {}, per: [], unit: 'usd', limit, hard: true, failOpen: false, brake: [] } as const;
  return [
    { ...base, name: 'day', period: { kind: 'day', timeZone: 'Europe/Berlin', rolling: false } },
    { ...base, name: 'rolling', limit: limit * 2n, period: { kind: 'hour', timeZone: 'UTC', rolling: true } },
    { ...base, name: 'user', per: ['user'], period: { kind: 'total', timeZone: 'UTC', rolling: false } },
  ];
};

/** Runs one random sequence and checks every protection after every step. @throws AssertionFailure naming what broke */
export async function runMoneyModel(options: ModelOptions): Promise<ModelReport> {
  const world = new MoneyWorld(options);
  for (let i = 0; i < options.operations; i++) await world.step();
  await world.finish();
  return world.report;
}

class MoneyWorld {
  readonly #random: Random;
  readonly #options: ModelOptions;
  readonly #tables = new MemoryTables();
  readonly #truth: MoneyTruth;
  readonly #late: { request: ExchangeRequest }[] = [];
  readonly #dead: Process[] = [];
  readonly #processes: Process[] = [];
  readonly #log: string[] = [];
  #monotonicMs = 0;
  /** Late on the day before Berlin's clocks change. */
  #wallMs = Date.UTC(2026, 2, 28, 22, 30);
  #ids = 0;
  readonly #counts = { holds: 0, refusals: 0, crashes: 0, exchanges: 0 };

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#truth = new MoneyTruth(this.#tables, options.limitChanges, (holds, message) => this.#fail(holds, message));
    for (const definition of definitionsOf(BigInt(20 + this.#upTo(200)))) {
      this.#tables.definitions.set(definition.name, definition);
    }
    for (let i = 0; i < 1 + this.#upTo(2); i++) this.#start();
  }

  get report(): ModelReport {
    return this.#counts;
  }

  #upTo(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#upTo(items.length)];
  }

  #clock(): Clock {
    return { nowMs: () => this.#wallMs, monotonicMs: () => this.#monotonicMs };
  }

  #start(): void {
    const journalId = `j${++this.#ids}`;
    const nextLeaseId = () => `lease${++this.#ids}`;
    const account = new LeaseAccount({ holder: journalId, nextLeaseId, clock: this.#clock() });
    const start = { entries: [], synced: 0, message: null, waiting: [], contactAtMs: this.#monotonicMs };
    this.#processes.push({ journalId, account, ...start });
  }

  /** One random operation, after which everything must hold. */
  async step(): Promise<void> {
    await this.#operate();
    this.#truth.check();
  }

  async #operate(): Promise<void> {
    const process = this.#pick(this.#processes);
    const roll = this.#upTo(100);
    if (!process || (roll === 99 && this.#processes.length < 3)) return this.#start();
    if (roll < 30) return this.#hold(process);
    if (roll < 38) return this.#extend(process);
    if (roll < 53) return this.#resolve(process);
    if (roll < 70) return this.#talk(process);
    if (roll < 76) return this.#send(process);
    if (roll < 82) return this.#deliver(process);
    if (roll < 88) return this.#receive(process);
    if (roll < 90) return this.#deliverLate();
    if (roll < 94) return this.#passTime();
    if (roll < 95) return this.#crash(process);
    if (roll < 97) return this.#takeOver();
    if (roll < 98) return this.#release();
    return this.#changeLimit();
  }

  async #talk(process: Process): Promise<void> {
    this.#send(process);
    await this.#deliver(process);
    this.#receive(process);
  }

  #note(text: string): void {
    this.#log.push(text);
  }

  #fail(condition: boolean, message: string): void {
    assert(condition, `${message}; seed ${this.#options.seed}; last: ${this.#log.slice(-25).join(' / ')}`);
  }

  #pots(): PotRef[] {
    const all = [...this.#tables.definitions.values()];
    const some = all.filter(() => this.#upTo(3) > 0);
    return (some.length > 0 ? some : all).map((definition) => ({
      budget: definition.name,
      instance: definition.per.length > 0 ? `user=${this.#upTo(2)}` : '',
      unit: definition.unit,
      hard: definition.hard,
      failOpen: definition.failOpen,
      limit: definition.limit,
    }));
  }

  #hold(process: Process): void {
    const need = BigInt(1 + this.#upTo(30));
    const request: HoldRequest = {
      holdId: `hold${++this.#ids}`,
      pots: this.#pots(),
      need: { usd: need },
      expected: { usd: need + BigInt(this.#upTo(10)) },
      admitted: this.#upTo(5) === 0,
    };
    this.#tryHold(process, request);
  }

  #tryHold(process: Process, request: HoldRequest): boolean {
    const result = process.account.tryHold(request);
    if (!result.ok) {
      if (process.waiting.length < 3) process.waiting.push(request);
      return false;
    }
    this.#counts.holds += 1;
    process.entries.push(result.entry);
    this.#truth.calls.set(request.holdId, { holder: process.journalId, held: heldOf(result.entry) });
    this.#note(`${process.journalId} hold ${request.need.usd}`);
    return true;
  }

  #extend(process: Process): void {
    const holdId = this.#pick(
      [...this.#truth.calls].filter(([, call]) => call.holder === process.journalId).map(([id]) => id),
    );
    const call = holdId === undefined ? undefined : this.#truth.calls.get(holdId);
    if (holdId === undefined || !call) return;
    const result = process.account.extend(holdId, { usd: BigInt(1 + this.#upTo(10)) });
    if (!result.ok) return;
    process.entries.push(result.entry);
    call.held = heldOf(result.entry);
    this.#note(`${process.journalId} extend`);
  }

  #resolve(process: Process): void {
    const holdId = this.#pick(
      [...this.#truth.calls].filter(([, call]) => call.holder === process.journalId).map(([id]) => id),
    );
    const call = holdId === undefined ? undefined : this.#truth.calls.get(holdId);
    if (holdId === undefined || !call) return;
    const held = this.#truth.leastHeld(call);
    const roll = this.#upTo(10);
    const beyond = this.#options.overdraw && roll === 0 ? BigInt(this.#upTo(20)) : 0n;
    const actual = beyond > 0n ? held + beyond : BigInt(this.#upTo(Number(held) + 1));
    const entry =
      roll === 1
        ? process.account.void(holdId)
        : roll === 2
          ? process.account.expire(holdId)
          : process.account.post(holdId, { usd: actual }, false);
    this.#fail(entry !== null, 'an open hold resolves');
    if (!entry) return;
    this.#fail(process.account.post(holdId, { usd: 1n }, false) === null, 'a hold resolves once');
    process.entries.push(entry);
    this.#truth.calls.delete(holdId);
    if (entry.kind === 'post') this.#truth.post(call, entry, roll === 2 ? null : actual);
    this.#note(`${process.journalId} ${entry.kind} ${actual}`);
  }

  #send(process: Process): void {
    if (process.message) return;
    const request = process.account.nextExchange(process.waiting);
    if (request) process.message = { request, answer: null };
  }

  /** The message reaches the books, or gets lost, or a copy of it arrives much later. */
  async #deliver(process: Process): Promise<void> {
    const { message } = process;
    if (!message || message.answer) return;
    const fate = this.#upTo(10);
    if (fate === 0) {
      this.#note(`${process.journalId} message lost`);
      return this.#lose(process);
    }
    if (fate === 1) this.#late.push({ request: message.request });
    const answer = await this.#exchange(message.request);
    this.#note(`${process.journalId} exchange: ${answer.leases.length} leases, ${answer.refusals.length} refused`);
    if (fate === 2) return this.#lose(process);
    message.answer = answer;
  }

  #lose(process: Process): void {
    process.message = null;
    process.account.fail();
  }

  async #deliverLate(): Promise<void> {
    const late = this.#late.splice(this.#upTo(this.#late.length), 1)[0];
    if (!late) return;
    this.#note(`late copy for ${late.request.holder}`);
    await this.#exchange(late.request);
  }

  #exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
    this.#counts.exchanges += 1;
    return exchange(this.#tables, request, this.#wallMs);
  }

  #receive(process: Process): void {
    const answer = process.message?.answer;
    if (!answer) return;
    process.message = null;
    process.contactAtMs = this.#monotonicMs;
    const refusals = process.account.apply(answer);
    this.#counts.refusals += refusals.length;
    // Those behind a refused call asked for money on top of its; they are told when they ask again.
    for (const refusal of refusals) if (refusal.group === refusals[0]?.group) this.#checkRefusal(refusal);
    const refused = new Set(refusals.map((refusal) => refusal.group));
    const waiting = process.waiting.filter((_, index) => !refused.has(index));
    process.waiting = [];
    for (const request of waiting) this.#tryHold(process, request);
  }

  #checkRefusal(refusal: Refusal): void {
    if (refusal.reason !== 'contended') return;
    this.#fail(refusal.leased > 0n || refusal.spent > 0n, 'money is contended only while somebody holds it');
  }

  async #passTime(): Promise<void> {
    const roll = this.#upTo(12);
    if (roll < 8) this.#advance(this.#upTo(20_000));
    else if (roll === 8) this.#advance(this.#upTo(3 * 3_600_000));
    else if (roll === 9) this.#wallMs -= this.#upTo(2 * 3_600_000);
    else if (roll === 10) this.#wallMs += this.#upTo(2 * 3_600_000);
    else for (const process of this.#processes) process.synced = process.entries.length;
    if (this.#upTo(3) === 0) await expireOverdue(this.#tables, this.#wallMs, 100);
  }

  #advance(ms: number): void {
    this.#monotonicMs += ms;
    this.#wallMs += ms;
    this.#note(`+${ms} ms`);
  }

  /** kill −9: calls in flight are billed up to what is held for them, and only the journal remains. */
  #crash(process: Process): void {
    this.#counts.crashes += 1;
    this.#processes.splice(this.#processes.indexOf(process), 1);
    this.#dead.push(process);
    if (this.#upTo(4) === 0) {
      process.entries = [process.account.checkpoint()];
      process.synced = 0;
    }
    this.#truth.endCallsOf(process.journalId, (held) => BigInt(this.#upTo(Number(held) + 1)));
    if (this.#options.powerCuts && this.#upTo(2) === 0) {
      process.entries.splice(process.synced);
      this.#truth.powerCut = true;
      process.synced = -1;
    }
    this.#note(`${process.journalId} crash${process.synced === -1 ? ' by power cut' : ''}`);
  }

  async #takeOver(): Promise<void> {
    const process = this.#pick(this.#dead);
    if (!process) return;
    const { finals } = recoverLeases(process.entries);
    const intact = process.synced !== -1;
    await takeOverLeases(this.#tables, { holder: process.journalId, finals, intact }, this.#wallMs);
    // A taker-over that dies after telling the books is followed by another that tells them again.
    if (this.#upTo(3) > 0) this.#dead.splice(this.#dead.indexOf(process), 1);
    this.#note(`${process.journalId} taken over`);
  }

  /** A person releases an expired lease of a holder out of contact, and is right that it spent no more. */
  async #release(): Promise<void> {
    const expired = [...this.#tables.leases.values()].filter((lease) => lease.state === 'expired');
    const lease = this.#pick(expired.filter((candidate) => this.#spentNoMore(candidate)));
    if (!lease) return;
    const result = await releaseLease(this.#tables, lease.id);
    this.#fail(result.ok, 'an expired lease can be released');
    this.#note(`released ${lease.id}`);
  }

  #spentNoMore(lease: Lease): boolean {
    const holder = [...this.#processes, ...this.#dead].find((process) => process.journalId === lease.holder);
    if (holder && this.#monotonicMs - holder.contactAtMs < leaseTtlMs) return false;
    if (holder?.synced === -1) return false;
    const held = [...this.#truth.calls.values()].some((call) => call.held.has(lease.id));
    return !held && (this.#truth.posted.get(lease.id) ?? 0n) === lease.spent;
  }

  #changeLimit(): void {
    if (!this.#options.limitChanges) return;
    const definition = this.#pick([...this.#tables.definitions.values()]);
    if (!definition) return;
    const limit = BigInt(10 + this.#upTo(300));
    this.#tables.definitions.set(definition.name, { ...definition, limit });
    this.#note(`${definition.name} limit ${limit}`);
  }

  /** Guarantee 2 and 3: everything is settled, and what is left can be spent. */
  async finish(): Promise<void> {
    for (const process of this.#processes) while (process.account.openHolds > 0) this.#resolve(process);
    for (const process of this.#processes) process.waiting = [];
    while (this.#late.length > 0) await this.#deliverLate();
    for (let i = 0; i < 8; i++) {
      this.#advance(4_000);
      for (const process of this.#processes) await this.#converse(process);
    }
    while (this.#dead.length > 0) await this.#takeOver();
    this.#truth.check();
    this.#truth.checkSettled();
    await this.#checkUsable();
  }

  async #converse(process: Process): Promise<void> {
    if (process.message) this.#lose(process);
    const request = process.account.nextExchange([]);
    if (request) process.account.apply(await this.#exchange(request));
  }

  async #checkUsable(): Promise<void> {
    for (const definition of this.#tables.definitions.values()) {
      const ask = { leaseId: `last-${definition.name}`, budget: definition.name, instance: '', sequence: 1 };
      const probe = { ...ask, need: 1n, want: 1n, size: 1n };
      const { refusals } = await this.#exchange({ holder: 'last', settlements: [], asks: [[probe]] });
      const [refusal] = refusals;
      this.#fail(refusal?.reason !== 'contended', `${definition.name}: nothing is held, so nothing is contended`);
      if (refusal) this.#fail(refusal.limit - refusal.spent < 1n, `${definition.name}: what is left can be spent`);
    }
  }
}

function heldOf(entry: HoldEntry): Map<string, bigint> {
  const held = new Map<string, bigint>();
  if (entry.kind === 'hold' || entry.kind === 'extend') {
    for (const share of entry.shares) add(held, share.leaseId, share.amount);
  }
  return held;
}
