import { assert, type Clock, type Random, seededRandom } from '../../base/index.ts';
import type { BudgetDefinition, HoldEntry } from '../../tree/index.ts';
import { exchange, expireOverdue, releaseLease, takeOverLeases } from '../exchange.ts';
import {
  type Balance,
  type ExchangeAnswer,
  type ExchangeRequest,
  type Lease,
  leaseTtlMs,
  type Refusal,
} from '../lease.ts';
import type { HoldRequest } from './hold.ts';
import { LeaseAccount } from './lease-account.ts';
import { balanceKey, MemoryTables } from './memory-tables.ts';
import type { PotRef } from './pot.ts';
import { recoverLeases } from './recover.ts';

/** A call in flight, as the naive model sees it: what is held for it, on which leases, and nothing else. */
interface TrueCall {
  readonly process: Process;
  held: Map<string, bigint>;
}

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
  for (let i = 0; i < options.operations; i++) {
    await world.step();
    world.check();
  }
  await world.finish();
  return world.report;
}

class MoneyWorld {
  readonly #random: Random;
  readonly #options: ModelOptions;
  readonly #tables = new MemoryTables();
  readonly #calls = new Map<string, TrueCall>();
  /** Every dollar truly billed, and what the books should show for it, by lease. */
  readonly #billed = new Map<string, bigint>();
  readonly #posted = new Map<string, bigint>();
  readonly #late: { request: ExchangeRequest }[] = [];
  readonly #dead: Process[] = [];
  readonly #processes: Process[] = [];
  readonly #log: string[] = [];
  #monotonicMs = 0;
  /** Late on the day before Berlin's clocks change. */
  #wallMs = Date.UTC(2026, 2, 28, 22, 30);
  #ids = 0;
  /** More than held was billed, by budget: the only way past a limit. */
  readonly #overdrawn = new Map<string, bigint>();
  readonly #exposure = new Map<string, bigint>();
  #powerCut = false;
  readonly #counts = { holds: 0, refusals: 0, crashes: 0, exchanges: 0 };

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
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

  async step(): Promise<void> {
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
    this.#calls.set(request.holdId, { process, held: heldOf(result.entry) });
    this.#note(`${process.journalId} hold ${request.need.usd}`);
    return true;
  }

  #extend(process: Process): void {
    const holdId = this.#pick([...this.#calls].filter(([, call]) => call.process === process).map(([id]) => id));
    const call = holdId === undefined ? undefined : this.#calls.get(holdId);
    if (holdId === undefined || !call) return;
    const result = process.account.extend(holdId, { usd: BigInt(1 + this.#upTo(10)) });
    if (!result.ok) return;
    process.entries.push(result.entry);
    call.held = heldOf(result.entry);
    this.#note(`${process.journalId} extend`);
  }

  #resolve(process: Process): void {
    const holdId = this.#pick([...this.#calls].filter(([, call]) => call.process === process).map(([id]) => id));
    const call = holdId === undefined ? undefined : this.#calls.get(holdId);
    if (holdId === undefined || !call) return;
    const held = this.#leastHeld(call);
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
    this.#calls.delete(holdId);
    if (entry.kind === 'post') {
      for (const share of entry.shares) {
        add(this.#billed, share.leaseId, share.amount);
        add(this.#posted, share.leaseId, share.amount);
        const excess = share.amount - (call.held.get(share.leaseId) ?? 0n);
        if (excess > 0n) add(this.#overdrawn, share.budget, excess);
      }
      if (roll !== 2) this.#checkPosting(call, entry, actual);
    }
    this.#note(`${process.journalId} ${entry.kind} ${actual}`);
  }

  /** Of each budget exactly what was billed is posted, however many leases the hold is spread over. */
  #checkPosting(call: TrueCall, entry: HoldEntry & { kind: 'post' }, actual: bigint): void {
    const byPot = new Map<string, bigint>();
    for (const share of entry.shares) add(byPot, `${share.budget}|${share.instance}`, share.amount);
    for (const sum of byPot.values()) this.#fail(sum === actual, 'a posting is the bill, whole and unclipped');
    this.#fail(call.held.size === entry.shares.length, 'a posting covers every share');
  }

  /** The least that is held in any budget: what the provider may bill at most. */
  #leastHeld(call: TrueCall): bigint {
    const byPot = new Map<string, bigint>();
    for (const [leaseId, amount] of call.held) {
      const account = this.#tables.leases.get(leaseId)?.account;
      add(byPot, `${account?.budget}|${account?.instance}`, amount);
    }
    return [...byPot.values()].reduce(min);
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
    for (const [holdId, call] of this.#calls) {
      if (call.process !== process) continue;
      const held = this.#leastHeld(call);
      const bill = BigInt(this.#upTo(Number(held) + 1));
      let left = bill;
      for (const [leaseId, amount] of call.held) {
        add(this.#posted, leaseId, amount);
        add(this.#billed, leaseId, amount < left ? amount : left);
        left = held;
      }
      this.#calls.delete(holdId);
    }
    if (this.#options.powerCuts && this.#upTo(2) === 0) {
      process.entries.splice(process.synced);
      this.#powerCut = true;
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
    const held = [...this.#calls.values()].some((call) => call.held.has(lease.id));
    return !held && (this.#posted.get(lease.id) ?? 0n) === lease.spent;
  }

  #changeLimit(): void {
    if (!this.#options.limitChanges) return;
    const definition = this.#pick([...this.#tables.definitions.values()]);
    if (!definition) return;
    const limit = BigInt(10 + this.#upTo(300));
    this.#tables.definitions.set(definition.name, { ...definition, limit });
    this.#note(`${definition.name} limit ${limit}`);
  }

  /** What must hold after every step. */
  check(): void {
    const exposure = this.#exposureByLease();
    const byBalance = new Map<string, bigint>();
    for (const lease of this.#tables.leases.values()) {
      const billable = exposure.get(lease.id) ?? 0n;
      add(byBalance, balanceKey(lease.account, lease.periodStartMs), billable);
      if (lease.state === 'open' || lease.state === 'expired') this.#checkLease(lease, billable);
    }
    const byAccount = new Map<string, Balance[]>();
    for (const balance of this.#tables.balances.values()) {
      const key = balanceKey(balance.account, 0);
      byAccount.set(key, [...(byAccount.get(key) ?? []), balance]);
    }
    for (const rows of byAccount.values()) this.#checkAccount(rows, byBalance);
  }

  /** What was billed and what is held, by lease: the truth the books must cover. */
  #exposureByLease(): Map<string, bigint> {
    const exposure = new Map(this.#billed);
    for (const call of this.#calls.values()) for (const [leaseId, amount] of call.held) add(exposure, leaseId, amount);
    return exposure;
  }

  #checkLease(lease: Lease, billable: bigint): void {
    const covered = max(lease.granted, lease.spent) - lease.returned;
    const slack = this.#overdrawn.get(lease.account.budget) ?? 0n;
    this.#fail(billable <= covered + slack, `lease ${lease.id} covers ${covered} of ${billable}`);
  }

  /** Guarantee 1: billed and held stay within the limit, by the truth and by the books. */
  #checkAccount(rows: readonly Balance[], exposureByBalance: ReadonlyMap<string, bigint>): void {
    const account = rows[0]?.account;
    const definition = this.#tables.definitions.get(account?.budget ?? '');
    if (!account || !definition) return;
    const latest = Math.max(...rows.map((row) => row.period.startMs));
    const counting = rows.filter((row) => row.period.countsUntilMs > latest);
    const booked = sum(counting.map((row) => row.posted + row.estimated + row.leased));
    const truth = sum(counting.map((row) => exposureByBalance.get(balanceKey(account, row.period.startMs)) ?? 0n));
    const slack = this.#overdrawn.get(account.budget) ?? 0n;
    const key = `${account.budget}|${account.instance}|${definition.period.rolling ? '' : latest}`;
    // A lowered limit cannot undo what is out already; it may only not grow.
    const ceiling = max(definition.limit + slack, this.#exposure.get(key) ?? 0n);
    this.#fail(booked <= ceiling, `${key}: books hold ${booked} of ${definition.limit}`);
    this.#fail(truth <= ceiling, `${key}: billed and held ${truth} of ${definition.limit}`);
    if (this.#options.limitChanges) this.#exposure.set(key, max(booked, truth));
    for (const row of rows) {
      this.#fail(row.posted >= 0n && row.leased >= 0n && row.estimated >= 0n, `${key}: no balance is negative`);
    }
  }

  /** Guarantee 2 and 3: once every call is settled nothing is held, every dollar is posted once, and what is left can be spent. */
  async finish(): Promise<void> {
    for (const process of this.#processes) while (process.account.openHolds > 0) this.#resolve(process);
    for (const process of this.#processes) process.waiting = [];
    while (this.#late.length > 0) await this.#deliverLate();
    for (let i = 0; i < 8; i++) {
      this.#advance(4_000);
      for (const process of this.#processes) await this.#converse(process);
    }
    while (this.#dead.length > 0) await this.#takeOver();
    this.check();
    this.#checkSettled();
    await this.#checkUsable();
  }

  async #converse(process: Process): Promise<void> {
    if (process.message) this.#lose(process);
    const request = process.account.nextExchange([]);
    if (request) process.account.apply(await this.#exchange(request));
  }

  #checkSettled(): void {
    for (const balance of this.#tables.balances.values()) {
      const name = `${balance.account.budget} at ${balance.period.startMs}`;
      this.#fail(balance.leased === 0n && balance.estimated === 0n, `${name}: nothing is held when all is settled`);
    }
    for (const lease of this.#tables.leases.values()) {
      const posted = this.#posted.get(lease.id) ?? 0n;
      const billed = this.#billed.get(lease.id) ?? 0n;
      this.#fail(lease.spent >= billed, `${lease.id}: posted ${lease.spent} of ${billed} billed`);
      if (!this.#powerCut) this.#fail(lease.spent === posted, `${lease.id}: posted ${lease.spent}, expected ${posted}`);
    }
    for (const leaseId of this.#posted.keys()) this.#fail(this.#tables.leases.has(leaseId), `${leaseId} is posted`);
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

function add(map: Map<string, bigint>, key: string, amount: bigint): void {
  map.set(key, (map.get(key) ?? 0n) + amount);
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
