import { unpricedNote } from '../economics/index.ts';
import { simulatedNote } from '../exchange/index.ts';
import { formatUsd, usd } from '../money/index.ts';

/** Decimal text of US dollars as people read it; a dash where there is none. */
export const dollars = (amount: string | null): string => (amount === null ? '–' : formatUsd(usd(amount)));

/** A part of a whole, 0 to 1, as per cent; a dash where there is none. */
export const percent = (share: number | null): string =>
  share === null || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(1)} %`;

/** What is to be known of every sum beside it. */
export function sumNotes(sum: { readonly unknownPriceAttempts: number; readonly simulated: boolean }): string[] {
  return [
    ...(sum.unknownPriceAttempts > 0 ? [unpricedNote(sum.unknownPriceAttempts)] : []),
    ...(sum.simulated ? [simulatedNote] : []),
  ];
}
