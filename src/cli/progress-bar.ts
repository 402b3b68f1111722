import { Presets, SingleBar } from 'cli-progress';
import type { Effects } from './effects.ts';

/** Hears how far the work is: what is done of what there is, and what else the bar's format names. */
export type Show = (done: number, of: number, said?: Readonly<Record<string, string | number>>) => void;

/**
 * Does the work under a bar on stderr: silence with --json and where there is no terminal. The bar goes whatever happens,
 * since it hides the cursor.
 */
export async function withProgressBar<T>(
  effects: Pick<Effects, 'stderr'>,
  { json, format }: { readonly json: boolean | undefined; readonly format: string },
  work: (show: Show) => T | Promise<T>,
): Promise<T> {
  if (json || !effects.stderr.isTTY) return work(() => undefined);
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(1, 0);
  try {
    return await work((done, of, said) => {
      bar.setTotal(Math.max(1, of));
      bar.update(done, said);
    });
  } finally {
    bar.stop();
  }
}
