import { defineConfig } from 'vitest/config';

/** Replays of the real traces in `../shared/workloads`, which are not part of this repository; CI has them. */
export default defineConfig({
  test: {
    include: ['test/traces/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
