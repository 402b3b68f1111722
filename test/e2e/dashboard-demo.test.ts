import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath, complaintsOf, openBrowser, seriousFindings } from './browser.ts';
import { freePort, type Running, startBurnrate } from './stack.ts';

announceBrowser();

describe.runIf(browserPath !== null)('the built product in a browser', () => {
  let browser: Browser;
  let demo: Running;
  const data = mkdtempSync(join(tmpdir(), 'burnrate-demo-'));

  beforeAll(async () => {
    const port = await freePort();
    const args = ['demo', '--listen', `127.0.0.1:${port}`, '--data', data];
    [browser, demo] = await Promise.all([openBrowser(), startBurnrate(args, port, '/readyz')]);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  test('the demo lives: its overview fills by itself and leads down to a metered call', async () => {
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    page.setDefaultTimeout(30_000);
    const complaints = complaintsOf(page);
    await page.goto(demo.origin);
    await page.getByRole('complementary', { name: 'Simulated data' }).waitFor();
    const month = page.getByRole('img', { name: /^Spent this month: .* Expected at its end: .* Budget company, / });
    await month.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const words = /Budget month-plan, .*?: (.*?) this month/.exec((await month.getAttribute('aria-label')) ?? '')?.[1];
    await month.click();
    await page.getByRole('heading', { level: 1, name: 'Forecast' }).waitFor();
    const outlook = page.getByRole('region', { name: 'Will the budgets hold?' }).getByRole('row');
    await outlook
      .filter({ hasText: 'month-plan' })
      .getByText(words ?? 'no words', { exact: true })
      .waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'support-assistant' }).click();
    await page.getByRole('treegrid').locator('[data-row="stage:answer"]').getByRole('button').click();
    await page.getByRole('treegrid').locator('[data-kind="call"] a').first().click();
    await page.getByRole('heading', { name: /^Attempt 1/ }).waitFor();
    await page.getByRole('columnheader', { name: 'Rate per million' }).first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 90_000);
});
