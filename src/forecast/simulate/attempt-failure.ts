import { billedShares, failureKinds } from '../model/failure-rates.ts';
import { read } from '../model/number.ts';
import type { Answerer } from '../model/stage-model.ts';
import type { Situation } from './kernel-context.ts';

export interface Failing {
  /** Probability that an attempt fails in a way that is tried again. */
  retried: number;
  /** Shares of reading and writing that an attempt is billed on average. */
  reading: number;
  writing: number;
}

export const scratchFailure: Failing = { retried: 0, reading: 1, writing: 1 };
/** Even a provider that is down answers once in a while; keeps expectations finite. */
export const failureMax = 0.99;

export function failureOf(
  { failures }: Answerer,
  { columns, trial, failureFactor }: Situation,
  into: Failing,
): Failing {
  let all = 0;
  let reading = 0;
  let writing = 0;
  for (const kind of failureKinds) {
    const num = failures[kind];
    const p = (num.column < 0 ? num.constant : read(num, columns, trial)) * failureFactor;
    all += p;
    reading += p * (1 - billedShares[kind].input);
    writing += p * (1 - billedShares[kind].output);
  }
  const scale = all > failureMax ? failureMax / all : 1;
  into.retried = all * scale;
  into.reading = 1 - reading * scale;
  into.writing = 1 - writing * scale;
  return into;
}
