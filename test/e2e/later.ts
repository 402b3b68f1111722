import type { Stack } from './stack.ts';

/**
 * Starts the instance again with a clock that is this far ahead of the world's, so that what happens by itself every
 * minute happens at once. The emulator's clock goes on as it is.
 */
export async function restartLater(stack: Stack, aheadMs: number): Promise<void> {
  await stack.burnrate.stop();
  const before = process.env.NODE_OPTIONS;
  const clock = encodeURIComponent(`const now = Date.now; Date.now = () => now.call(Date) + ${aheadMs};`);
  process.env.NODE_OPTIONS = `${before ?? ''} --import=data:text/javascript,${clock}`.trim();
  try {
    await stack.restart();
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  }
}
