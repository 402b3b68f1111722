import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const assets = join(import.meta.dirname, 'dist', 'assets');
const built = existsSync(assets);
if (!built) console.warn('\n  !! web/dist is not built: the size budget was NOT checked. Run `npm run build:web`.\n');

/** What the page itself names: it lists every file the first view waits for. */
function firstView(): RegExp {
  const page = built ? readFileSync(join(import.meta.dirname, 'dist', 'index.html'), 'utf8') : '';
  const names = [...page.matchAll(/\/assets\/([\w.-]+)/g)].map((match) => match[1]);
  return new RegExp(`^(?:${names.join('|')})$`);
}

/** Kilobytes after gzip, and what they may be. Raising one is a decision to write down. */
const budgets = [
  { what: 'scripts and styles of the first view', pattern: firstView(), kilobytesMax: 240 },
  { what: 'the chart library, loaded after the first view', pattern: /^echarts-.*\.js$/, kilobytesMax: 210 },
  { what: 'the simulation, loaded by the forecast alone', pattern: /^simulation\.worker-.*\.js$/, kilobytesMax: 30 },
  { what: 'everything', pattern: /./, kilobytesMax: 500 },
] as const;

function gzipKilobytes(pattern: RegExp): number {
  const files = readdirSync(assets).filter((name) => pattern.test(name));
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0) / 1000;
}

describe.runIf(built)('the size of the built dashboard', () => {
  test.each(budgets)('$what: at most $kilobytesMax kB', ({ pattern, kilobytesMax }) => {
    const kilobytes = gzipKilobytes(pattern);
    expect(kilobytes).toBeGreaterThan(0);
    expect(kilobytes).toBeLessThanOrEqual(kilobytesMax);
  });
});
