import { read } from '../model/number.ts';
import type { InputModel, LlmStage } from '../model/stage-model.ts';
import { cappedMean } from '../normal.ts';
import type { Failing } from './attempt-failure.ts';
import { type CallCost, type CallSize, earlierTurns } from './call-cost.ts';
import type { Situation } from './kernel-context.ts';

/** Mean input of one call after trimming; the parts are kept apart for what is said about them. */
interface Input {
  text: number;
  spread: number;
  retrieval: number;
  removed: number;
}

function inputOf(input: InputModel, maxInputTokens: number, at: Situation, into: Input): Input {
  const { columns, trial, inputFactor, turns, geometric } = at;
  const { history } = input;
  const earlier = 'tokens' in history ? 1 : earlierTurns(turns, geometric, history.maxTurns);
  const each = 'tokens' in history ? history.tokens : history.perTurn;
  const system = read(input.system, columns, trial);
  const told = read(each, columns, trial) * earlier;
  const retrieval = read(input.retrieval, columns, trial);
  const question = read(input.question, columns, trial);
  const tools = read(input.tools, columns, trial);
  const whole = system + told + retrieval + question + tools;
  const squares =
    told * told * each.spread +
    retrieval * retrieval * input.retrieval.spread +
    question * question * input.question.spread;
  into.spread = whole > 0 ? squares / (whole * whole) : 0;
  const asked = whole * inputFactor;
  into.text = Number.isFinite(maxInputTokens) ? cappedMean(asked, into.spread, maxInputTokens) : asked;
  into.removed = asked - into.text;
  into.retrieval = asked > 0 ? (retrieval * inputFactor * into.text) / asked : 0;
  return into;
}

/** What one call is worked out in: made once a stage, filled again for every trial. */
export interface Buffers {
  readonly size: CallSize;
  readonly cost: CallCost;
  readonly simple: CallCost;
  readonly other: CallCost;
  readonly failing: Failing;
  readonly input: Input;
}

export function buffers(): Buffers {
  const none = (): CallCost => ({ reading: 0, writing: 0 });
  return {
    size: {
      text: 0,
      cacheReadShare: 0,
      images: 0,
      audio: 0,
      output: 0,
      reasoning: 0,
      toolCalls: 0,
      imagesMade: 0,
      inputSpread: 0,
    },
    cost: none(),
    simple: none(),
    other: none(),
    failing: { retried: 0, reading: 1, writing: 1 },
    input: { text: 0, spread: 0, retrieval: 0, removed: 0 },
  };
}

export function fillSize(work: LlmStage, at: Situation, { size, input }: Buffers): void {
  const { columns, trial, outputFactor } = at;
  inputOf(work.input, work.maxInputTokens, at, input);
  const written = read(work.output, columns, trial) * outputFactor;
  size.text = input.text;
  size.inputSpread = input.spread;
  size.cacheReadShare = read(work.cacheReadShare, columns, trial);
  size.images = read(work.input.images, columns, trial);
  size.audio = read(work.input.audio, columns, trial);
  size.output = Number.isFinite(work.maxOutputTokens)
    ? cappedMean(written, work.output.spread, work.maxOutputTokens)
    : written;
  size.reasoning = read(work.reasoning, columns, trial) * outputFactor;
  size.toolCalls = read(work.toolCalls, columns, trial);
  size.imagesMade = read(work.imagesMade, columns, trial);
}
