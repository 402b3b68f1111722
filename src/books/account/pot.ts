import type { AmountUnit } from '../../tree/index.ts';
import type { Refusal } from '../lease.ts';

/** One budget instance that a call counts against, as policy's matching found it. */
export interface PotRef {
  readonly budget: string;
  readonly instance: string;
  readonly unit: AmountUnit;
  readonly hard: boolean;
  readonly failOpen: boolean;
  readonly limit: bigint;
}

/** The local side of a lease. Amounts are totals since it was opened. */
export interface LocalLease {
  readonly id: string;
  granted: bigint;
  spent: bigint;
  returned: bigint;
  /** What calls in flight may still spend. */
  held: bigint;
  /** What admitted calls are expected to need beyond what is held: kept for them, so that they finish. */
  reserved: bigint;
  /** Number of shares of open holds on it. */
  holds: number;
  /** `asked` is not yet granted; `ended` gives no more money but still settles what its holds spend. */
  state: 'asked' | 'open' | 'ended';
  /** Monotonic times from which on nothing new is held on it. */
  deadlineMs: number;
  periodEndMs: number;
  /** Totals the books are known to have. */
  settledSpent: bigint;
  settledReturned: bigint;
}

/** What this process has of one budget instance. */
export interface Pot {
  ref: PotRef;
  /** What new holds are taken from; null between leases. */
  lease: LocalLease | null;
  /** Leases of earlier periods, and ended ones, until their last hold is settled. */
  readonly draining: Set<LocalLease>;
  /** As the books last said; null before the first answer. */
  room: bigint | null;
  /** Posted over all processes, as the books last said. */
  spentKnown: bigint;
  contended: boolean;
  /** The last refusal, for calls whose turn to ask never came. */
  refusal: Refusal | null;
  /** True once the books know no such budget any more. */
  removed: boolean;
  /** Whole units a second, smoothed: sizes leases, never decides about money. */
  burnPerSecond: number;
  burned: bigint;
  /** The most that was held at once lately, fading: what calls set aside may be far more than they spend. */
  heldPeak: bigint;
  sampledAtMs: number;
  usedAtMs: number;
}

export function newLocalLease(id: string): LocalLease {
  const amounts = { granted: 0n, spent: 0n, returned: 0n, held: 0n, reserved: 0n, holds: 0 };
  return { id, ...amounts, state: 'asked', deadlineMs: 0, periodEndMs: 0, settledSpent: 0n, settledReturned: 0n };
}

export function newPot(ref: PotRef, nowMs: number): Pot {
  return {
    ref,
    lease: null,
    draining: new Set(),
    room: null,
    spentKnown: 0n,
    contended: false,
    refusal: null,
    removed: false,
    burnPerSecond: 0,
    burned: 0n,
    heldPeak: 0n,
    sampledAtMs: nowMs,
    usedAtMs: nowMs,
  };
}

export const potKey = (ref: { readonly budget: string; readonly instance: string }): string =>
  `${ref.budget}\u0000${ref.instance}`;

/** Granted and neither spent, returned nor held; negative when overdrawn. */
export function idleOf(lease: LocalLease): bigint {
  return lease.granted - lease.spent - lease.returned - lease.held;
}

/** Whether the lease still gives money: its holder must not touch what may have expired in the books. */
export function alive(lease: LocalLease | null, nowMs: number): lease is LocalLease {
  return lease !== null && lease.state === 'open' && nowMs < lease.deadlineMs;
}

/** Whether a new call may be held on the lease: also its period must not be over. */
export function usable(lease: LocalLease | null, nowMs: number): lease is LocalLease {
  return alive(lease, nowMs) && nowMs < lease.periodEndMs;
}

/** What a new call could hold at once: idle money that no admitted call is expected to need. */
export function freeOf(pot: Pot, nowMs: number): bigint {
  return usable(pot.lease, nowMs) ? idleOf(pot.lease) - pot.lease.reserved : 0n;
}

/** What a budget instance has left: neither spent, nor held by a call, nor leased to another process. */
export interface PotStanding {
  readonly limit: bigint;
  /** Posted over all processes, as the books last said. */
  readonly spent: bigint;
  /** Negative when overdrawn. */
  readonly remaining: bigint;
  /** Until its period ends, ms; null when not known here. */
  readonly resetsInMs: number | null;
}

/** @returns null before the books first told of the pot */
export function standingOf(pot: Pot, nowMs: number): PotStanding | null {
  const { lease, ref, room } = pot;
  if (room === null) return null;
  const resetsInMs = lease && lease.periodEndMs > nowMs ? lease.periodEndMs - nowMs : (pot.refusal?.resetsInMs ?? null);
  return { limit: ref.limit, spent: pot.spentKnown, remaining: lease ? room + unusedOf(ref, lease) : room, resetsInMs };
}

/** What the room the books know of does not show yet: idle money of a hard pot's lease, what a soft one spent since. */
function unusedOf(ref: PotRef, lease: LocalLease): bigint {
  if (ref.hard && lease.state === 'open') return idleOf(lease) + (lease.returned - lease.settledReturned);
  return lease.settledSpent - lease.spent - lease.held;
}

const burnSampleMs = 200;
/** Weight of the newest sample; a burst shows within a second and is forgotten within a few. */
const burnSmoothing = 0.3;

/** A peak loses this part with each sample: half of it is gone after a second. */
const heldPeakFade = 8n;

/** Call it whenever more is held. */
export function notePeak(pot: Pot): void {
  if (pot.lease && pot.lease.held > pot.heldPeak) pot.heldPeak = pot.lease.held;
}

export function sampleBurn(pot: Pot, nowMs: number): void {
  const elapsedMs = nowMs - pot.sampledAtMs;
  if (elapsedMs < burnSampleMs) return;
  const perSecond = (Number(pot.burned) * 1000) / elapsedMs;
  pot.burnPerSecond += burnSmoothing * (perSecond - pot.burnPerSecond);
  pot.burned = 0n;
  pot.heldPeak -= pot.heldPeak / heldPeakFade;
  notePeak(pot);
  pot.sampledAtMs = nowMs;
}

/** Nothing more is to be wanted of the pot: what is idle goes back with the next message. */
export function forgetDemand(pot: Pot): void {
  pot.heldPeak = 0n;
  pot.burnPerSecond = 0;
  pot.burned = 0n;
  pot.usedAtMs = Number.NEGATIVE_INFINITY;
}

export interface KnownLease {
  readonly pot: Pot;
  readonly lease: LocalLease;
}

/** Every lease that is open or draining, by its id. */
export function leasesById(pots: Iterable<Pot>): Map<string, KnownLease> {
  const byId = new Map<string, KnownLease>();
  for (const pot of pots) {
    for (const lease of pot.draining) byId.set(lease.id, { pot, lease });
    if (pot.lease) byId.set(pot.lease.id, { pot, lease: pot.lease });
  }
  return byId;
}
