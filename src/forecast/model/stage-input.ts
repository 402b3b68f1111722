import type { Quantity, Stage } from '../../config/index.ts';
import { type ModelBuilder, type Num, zero } from './number.ts';
import type { Path } from './stage-context.ts';
import type { HistoryModel, InputModel } from './stage-model.ts';

export function compileInput(stage: Stage, path: Path, builder: ModelBuilder): InputModel {
  const part = (quantity: Quantity | undefined, key: string): Num =>
    builder.number(quantity, [...path, 'input', key], 0, { each: true });
  const none = { system: zero, history: { tokens: zero }, retrieval: zero, tools: zero, images: zero, audio: zero };
  if (stage.input === undefined) return { ...none, question: zero };
  if (stage.input.kind === 'total') {
    return { ...none, question: builder.number(stage.input.tokens, [...path, 'input'], 0, { each: true }) };
  }
  const { system, history, retrieval, question, tools, images, audio } = stage.input;
  return {
    system: part(system, 'system'),
    history: historyOf(history, path, builder),
    retrieval: part(retrieval, 'retrieval'),
    question: part(question, 'question'),
    tools: part(tools, 'tools'),
    images: part(images, 'images'),
    audio: part(audio, 'audio'),
  };
}

type History = Extract<NonNullable<Stage['input']>, { kind: 'parts' }>['history'];

function historyOf(history: History, path: Path, builder: ModelBuilder): HistoryModel {
  if (history === undefined) return { tokens: zero };
  if (!('perTurn' in history))
    return { tokens: builder.number(history, [...path, 'input', 'history'], 0, { each: true }) };
  const perTurn = builder.number(history.perTurn, [...path, 'input', 'history', 'perTurn'], 0, { each: true });
  return { perTurn, maxTurns: history.maxTurns ?? Number.POSITIVE_INFINITY };
}

export function typicalInput({ system, history, retrieval, question, tools }: InputModel): number {
  const told = 'tokens' in history ? history.tokens.constant : history.perTurn.constant;
  return system.constant + told + retrieval.constant + question.constant + tools.constant;
}
