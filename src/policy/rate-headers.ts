import type { AmountUnit } from '../tree/index.ts';

/** One limit as a client may see it. */
export interface VisibleLimit {
  readonly name: string;
  /** The whole quota. */
  readonly quota: number;
  readonly remaining: number;
  readonly windowMs: number;
  /** Until there is more. */
  readonly resetMs: number;
  readonly unit: AmountUnit | 'concurrent-requests';
}

/** Most limits named in a header; the tightest come first. */
const limitsMax = 8;

/**
 * Values of `RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers-10, structured fields).
 * @returns null when nothing limits the call
 */
export function rateLimitHeaders(limits: readonly VisibleLimit[]): { limit: string; policy: string } | null {
  if (limits.length === 0) return null;
  const tightest = [...limits].sort((a, b) => a.remaining / a.quota - b.remaining / b.quota).slice(0, limitsMax);
  return { limit: tightest.map(limitItem).join(', '), policy: tightest.map(policyItem).join(', ') };
}

function limitItem(limit: VisibleLimit): string {
  return `${quoted(limit.name)};r=${Math.max(0, Math.floor(limit.remaining))};t=${seconds(limit.resetMs)}`;
}

/** `qu` names what is counted: `requests` is the default; others are named by extension. */
function policyItem(limit: VisibleLimit): string {
  const unit = limit.unit === 'requests' ? '' : `;qu=${quoted(limit.unit)}`;
  return `${quoted(limit.name)};q=${Math.floor(limit.quota)}${unit};w=${seconds(limit.windowMs)}`;
}

/** Up, but not for the rounding of a difference of clocks. */
const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000 - 1e-6));

/** A structured-field string (RFC 9651): printable ASCII, quotes and backslashes escaped, the rest left out. */
function quoted(text: string): string {
  return `"${text.replace(/[^ -~]/g, '').replace(/["\\]/g, '\\$&')}"`;
}
