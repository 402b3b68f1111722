import { type Equilibrium, equilibrium, type FeedbackSystem, stormLoad, trafficCarriedAt } from './feedback-loop.ts';
import { capacityPerSecond } from './queue.ts';

/** How far traffic may grow before repeats feed on the waiting they cause. */
export interface TippingPoint {
  /** Today's peak times this is carried for good from a calm start; beyond it the queue grows without end. */
  readonly stableUpTo: number;
  /**
   * Today's peak times this recovers by itself from any storm. Between here and `stableUpTo` the same traffic runs well
   * or stays overloaded, depending on what happened before (metastable).
   */
  readonly recoversUpTo: number;
  readonly state: 'stable' | 'metastable' | 'overloaded';
  /** At today's peak, from a calm start and after a storm. */
  readonly calm: Equilibrium;
  readonly storm: Equilibrium;
  readonly summary: string;
}

/** Loads below capacity at which the traffic they carry is computed. */
const loads = 512;

/**
 * Finds how many times today's peak the system carries. As load causes load and never less, traffic is carried from a
 * calm start exactly when some load below capacity would not outgrow itself (the least fixed point of a rising map),
 * and from a storm exactly when capacity suffices for everybody's repeats.
 */
export function findTippingPoint(system: FeedbackSystem): TippingPoint {
  const capacity = capacityPerSecond(system.queue);
  const recoversUpTo = capacity / stormLoad(system);
  const carried = Array.from({ length: loads }, (_, i) => trafficCarriedAt(system, (capacity * (i + 0.5)) / loads));
  const stableUpTo = Math.max(recoversUpTo, ...carried);
  const state = stableUpTo < 1 ? 'overloaded' : recoversUpTo < 1 ? 'metastable' : 'stable';
  return {
    stableUpTo,
    recoversUpTo,
    state,
    calm: equilibrium(system, 'calm'),
    storm: equilibrium(system, 'storm'),
    summary: summaryOf(state, stableUpTo, recoversUpTo),
  };
}

function summaryOf(state: TippingPoint['state'], stableUpTo: number, recoversUpTo: number): string {
  const times = (factor: number): string => `${Number(factor.toPrecision(2))}×`;
  if (state === 'overloaded') return `overloaded: only ${times(stableUpTo)} today's peak can be carried`;
  const gap = recoversUpTo < 0.98 * stableUpTo ? `; above ${times(recoversUpTo)} a storm does not end by itself` : '';
  return `stable up to ${times(stableUpTo)} today's peak${gap}`;
}

/** How the tipping point moves when one belief is replaced by another. */
export interface TippingSensitivity {
  readonly parameter: string;
  readonly low: number;
  readonly high: number;
  readonly stableUpToAtLow: number;
  readonly stableUpToAtHigh: number;
}

type Belief = 'patienceSeconds' | 'retryProbability' | 'duplicateTabs' | 'elasticity';

/** The tipping point at both ends of what is believed of each parameter, the widest swing first. */
export function tippingSensitivity(
  system: FeedbackSystem,
  beliefs: Readonly<Partial<Record<Belief, { readonly low: number; readonly high: number }>>>,
): TippingSensitivity[] {
  const swings = Object.entries(beliefs).map(([parameter, { low, high }]) => {
    const at = (value: number): number =>
      findTippingPoint({ ...system, users: { ...system.users, [parameter]: value } }).recoversUpTo;
    return { parameter, low, high, stableUpToAtLow: at(low), stableUpToAtHigh: at(high) };
  });
  return swings.sort((a, b) => swingOf(b) - swingOf(a));
}

const swingOf = (one: TippingSensitivity): number => Math.abs(one.stableUpToAtHigh - one.stableUpToAtLow);
