import { createHash } from 'node:crypto';
import type { RateCard } from './types.ts';

/** Hex digits of the content hash kept: 96 bits, far beyond chance collisions among price lists. */
const idLength = 24;

/** Gives a card its content hash: of its prices, whom they are for and when they hold, not of where they came from. */
export function identifyCard(card: Omit<RateCard, 'id'>): RateCard {
  const { provider, model, fromMs, untilMs, timeOfDay, tiers, gpu } = card;
  const content = canonicalJson({ provider, model, fromMs, untilMs, timeOfDay, tiers, gpu });
  return { id: createHash('sha256').update(content).digest('hex').slice(0, idLength), ...card };
}

/** JSON with sorted keys, so that equal content has equal text; bigints are written as decimal text. */
function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
}

const msPerSecond = 1000;
const secondsPerDay = 86_400;

/** Whether the card's dates and hours of the day cover the moment. */
export function cardHolds(card: RateCard, atMs: number): boolean {
  if (card.fromMs !== null && atMs < card.fromMs) return false;
  if (card.untilMs !== null && atMs >= card.untilMs) return false;
  if (card.timeOfDay === null) return true;
  const second = Math.floor(atMs / msPerSecond) % secondsPerDay;
  const { startSecond, endSecond } = card.timeOfDay;
  if (startSecond <= endSecond) return second >= startSecond && second < endSecond;
  return second >= startSecond || second < endSecond;
}
