/** The page that `burnrate forecast --html` writes, in a real browser: whole, readable in both schemes, printable. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath, openBrowser, seriousFindings } from './browser.ts';
import { burnrate } from './command.ts';

announceBrowser();
const folder = mkdtempSync(join(tmpdir(), 'burnrate-report-'));
const html = join(folder, 'forecast.html');
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(browserPath)('the report of a forecast', () => {
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];
  beforeAll(async () => {
    const keys = { OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' };
    const words = [
      'forecast',
      '--config',
      'patterns/support-bot.yaml',
      '--seed',
      '7',
      '--trials',
      '300',
      '--html',
      html,
    ];
    expect((await burnrate(words, keys)).code).toBe(0);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(html).href);
  });
  afterAll(() => browser?.close());

  test('asks nothing of the network, and holds charts, tree and tables of every scenario', async () => {
    expect(asked).toEqual([pathToFileURL(html).href]);
    const count = (selector: string) =>
      page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
    expect(await count('section.scenario')).toBe(3);
    expect(await count('section.scenario svg[role=img]')).toBe(9);
    expect(await count('td.bar i')).toBeGreaterThan(9);
  });

  test('has no serious finding of axe in either colour scheme', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFindings(page)).toEqual([]);
    }
  });

  test('charts follow the scheme of the page, and print dark on white', async () => {
    const paper = 'getComputedStyle(document.documentElement).backgroundColor';
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await page.evaluate(paper)).not.toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await page.evaluate(paper)).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    expect(readFileSync(html, 'utf8')).not.toMatch(/fill="#(1c2430|4a5768|2f62a8|c5d6ec|b8741a)"/);
  });

  test('no text of a chart is cut off, and a narrow screen scrolls tables, not the page', async () => {
    const outside = `[...document.querySelectorAll('svg')].flatMap((svg) => {
      const frame = svg.getBoundingClientRect();
      const cut = ({ left, right }) => left < frame.left - 1 || right > frame.right + 1;
      return [...svg.querySelectorAll('text')].filter((text) => cut(text.getBoundingClientRect())).map((text) => text.textContent);
    })`;
    expect(await page.evaluate(outside)).toEqual([]);
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
  });
});

describe('what cannot be forecast', () => {
  test.each([
    ['--config test/golden/bad-forecasts/endless.yaml', 3, /endless\.yaml:\d+:\d+ .*never end.*expected a way to done/],
    ['--config test/golden/bad-forecasts/probabilities.yaml', 3, /probabilities\.yaml:\d+:\d+ .*sum to 1\.25/],
    ['--config test/golden/bad-forecasts/quantiles.yaml', 3, /quantiles\.yaml:\d+:\d+ .*p50 ≤ p90 ≤ p99/],
    [
      '--config test/golden/bad-forecasts/price.yaml',
      3,
      /price\.yaml:\d+:\d+ .*No price is known.*\n.*inputPerMillion/,
    ],
    ['--config test/golden/bad-forecasts/none.yaml', 3, /none\.yaml/],
    ['--trials many', 2, /whole number from 100/],
  ])('forecast %s → %i', async (words, code, message) => {
    const { code: ended, stdout, stderr } = await burnrate(['forecast', ...words.split(' ')]);
    expect([ended, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
  });
});
