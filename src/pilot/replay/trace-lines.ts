import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { BurnrateError } from '../../base/index.ts';

/** A longer line means the file is no trace. */
const lineBytesMax = 16 * 1024 * 1024;

export interface TraceLine {
  readonly number: number;
  readonly text: string;
}

/** How far a file has been read. */
export interface ReadPosition {
  bytesRead: number;
  bytesTotal: number;
}

/** @throws BurnrateError TRACE_INVALID when there is no such file */
async function traceBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new BurnrateError('TRACE_INVALID', { message: `cannot read the trace ${path}`, cause });
  }
}

/** The lines of a file that hold something, one after the other; only one block of the file is in memory at a time. */
export async function* traceLines(path: string, position: ReadPosition): AsyncGenerator<TraceLine> {
  position.bytesTotal = await traceBytes(path);
  let rest = '';
  let number = 0;
  for await (const block of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const text = String(block);
    position.bytesRead = Math.min(position.bytesTotal, position.bytesRead + Buffer.byteLength(text));
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineBytesMax)
      throw new BurnrateError('TRACE_INVALID', { message: `${path}:${number + 1}: a line of more than 16 MiB` });
    for (const line of lines) {
      number++;
      if (line.trim() !== '') yield { number, text: line.replace(/\r$/, '').replace(/^\uFEFF/, '') };
    }
  }
  if (rest.trim() !== '') yield { number: number + 1, text: rest.replace(/\r$/, '').replace(/^\uFEFF/, '') };
}
