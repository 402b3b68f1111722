import type { BrakeRung } from '../tree/index.ts';

/** How full a budget is. */
export interface BudgetUse {
  readonly budget: string;
  /** Posted, estimated and held. */
  readonly used: bigint;
  readonly limit: bigint;
  readonly brake: readonly BrakeRung[];
  readonly resetsInMs: number;
}

/** What the brakes of all a call's budgets ask for together: of each the strictest. */
export interface BrakeDecision {
  readonly maxOutputTokens: number | null;
  /** `provider/model` to use instead. */
  readonly model: string | null;
  readonly queueMs: number;
  readonly cooldownMs: number;
  /** The budget whose brake stops everything; null while none does. */
  readonly stoppedBy: string | null;
  /** Every rung in force, for headers and the ledger: `free-users@0.85`. */
  readonly rungs: readonly string[];
}

export const noBrake: BrakeDecision = {
  maxOutputTokens: null,
  model: null,
  queueMs: 0,
  cooldownMs: 0,
  stoppedBy: null,
  rungs: [],
};

/** The ladder: shorter output, then a cheaper model, then a queue, then a cooldown, then a stop, as far as use has climbed. */
export function brakeFor(uses: readonly BudgetUse[]): BrakeDecision {
  return uses.reduce((decision, use) => {
    const inForce = use.brake.filter((rung) => reached(use, rung.atShare));
    return inForce.reduce((sum, rung) => apply(sum, rung, use.budget), decision);
  }, noBrake);
}

/** Compares in integers: shares are kept to a millionth. */
function reached(use: BudgetUse, share: number): boolean {
  return use.used * 1_000_000n >= use.limit * BigInt(Math.round(share * 1_000_000));
}

function apply(decision: BrakeDecision, rung: BrakeRung, budget: string): BrakeDecision {
  const { maxOutputTokens } = rung;
  const shorter = Math.min(
    decision.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  return {
    maxOutputTokens: Number.isFinite(shorter) ? shorter : null,
    // Rungs climb, so a later one is the stricter choice.
    model: rung.model ?? decision.model,
    queueMs: Math.max(decision.queueMs, rung.queueMs ?? 0),
    cooldownMs: Math.max(decision.cooldownMs, rung.cooldownMs ?? 0),
    stoppedBy: decision.stoppedBy ?? (rung.stop ? budget : null),
    rungs: [...decision.rungs, `${budget}@${rung.atShare}`],
  };
}

export type CooldownDecision = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** @param lastAtMs monotonic time of the last call let through; null when there was none */
export function cooldownFor(cooldownMs: number, lastAtMs: number | null, nowMs: number): CooldownDecision {
  const leftMs = lastAtMs === null ? 0 : lastAtMs + cooldownMs - nowMs;
  return leftMs > 0 ? { ok: false, retryAfterMs: Math.ceil(leftMs) } : { ok: true };
}

/** How long a call of a queueing budget waits for its turn: the pace at which what is left lasts until the reset. */
export function queueWaitMs(use: BudgetUse, costPicos: bigint, queueMsMax: number): number {
  const left = use.limit - use.used;
  if (left <= 0n) return queueMsMax;
  return Math.min(queueMsMax, Number((costPicos * BigInt(Math.ceil(use.resetsInMs))) / left));
}
