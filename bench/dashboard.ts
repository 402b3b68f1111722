/**
 * How soon the dashboard can be used: `npx tsx bench/dashboard.ts [attempts, 1,000,000]`. Fills a ledger with a month of
 * attempts that ends now, serves it with the built product, and opens pages in Chromium, each time with an empty cache.
 * Usable is: the page's own figures are there, nothing is still loading. Prints a Markdown table.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { systemClock } from '../src/base/index.ts';
import { openDuckDbLedger } from '../src/ledger/duckdb/index.ts';
import { openBrowser } from '../test/e2e/browser.ts';
import { freePort, startBurnrate } from '../test/e2e/stack.ts';
import { makeMonth, monthMs } from './ledger/make-month.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const repeats = Number(process.env.BENCH_REPEATS ?? 7);
const usableMsMax = 60_000;
const pages = ['/', '/?range=24h', '/?range=30d', '/workflows?range=30d', '/costs?range=30d&by=team,model', '/calls'];

const folder = mkdtempSync(join(tmpdir(), 'bench-dashboard-'));
const data = join(folder, 'data');
mkdirSync(data, { mode: 0o700 });
const file = join(data, 'ledger.duckdb');
await (await openDuckDbLedger({ file, clock: systemClock })).close();
await makeMonth(file, rows, systemClock.nowMs() - monthMs);
// Opening sums the hours; a server that runs has done so long ago.
await (await openDuckDbLedger({ file, clock: systemClock })).close();

const port = await freePort();
const config = join(folder, 'burnrate.yaml');
writeFileSync(config, `version: 1\nlisten: 127.0.0.1:${port}\ndata: ${data}\n`);
const burnrate = await startBurnrate(['serve', '--config', config], port, '/readyz');
const browser = await openBrowser();
try {
  await measurePages();
} finally {
  await browser.close();
  await burnrate.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measurePages(): Promise<void> {
  console.log(`${rows} attempts; time until a page can be used, ms\n`);
  console.log('| page | p50 | slowest |');
  console.log('|---|--:|--:|');
  for (const path of pages) {
    const times: number[] = [];
    for (let n = 0; n < repeats; n++) times.push(await usableAfterMs(browser, burnrate.origin + path));
    times.sort((a, b) => a - b);
    console.log(`| \`${path}\` | ${times[Math.floor(times.length / 2)]} | ${times.at(-1)} |`);
  }
}

async function usableAfterMs(on: Browser, url: string): Promise<number> {
  const context = await on.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const startMs = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  page.setDefaultTimeout(usableMsMax);
  await page.locator('main :is(h2, dl)').first().waitFor();
  const loading = page.getByRole('status', { name: 'Loading' });
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'detached' });
  const tookMs = Math.round(performance.now() - startMs);
  await context.close();
  return tookMs;
}
