import type { PageCursor } from '../ledger/index.ts';
import { FieldsRefused } from './refusals.ts';

/** `1772445600000.call_x`: a moment in ms and an id; clients hand it back as they got it. */
export function formatCursor({ atMs, id }: PageCursor): string {
  return `${atMs}.${id}`;
}

/** @throws FieldsRefused when it is none of ours */
export function readCursor(text: string | undefined): PageCursor | undefined {
  if (text === undefined) return undefined;
  const [, atMs, id] = /^(\d{1,16})\.(.{1,512})$/s.exec(text) ?? [];
  if (atMs === undefined || id === undefined) {
    throw new FieldsRefused([{ field: 'before', message: 'is not what `next` of the page before was' }]);
  }
  return { atMs: Number(atMs), id };
}
