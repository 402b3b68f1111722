import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sumUsd, toDecimal, zeroUsd } from '../../src/money/index.ts';
import { announceBrowser, browserPath } from './browser.ts';
import { minuteMs, openWorld, type World } from './dashboard-world.ts';
import { sampleTraffic } from './sample-traffic.ts';

announceBrowser();

describe.runIf(browserPath !== null)('figures of the dashboard in a browser', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world?.close();
  });

  const focused = (page: Page, property: string) => page.evaluate<string>(`document.activeElement.${property}`);
  const tree = (page: Page) => page.getByRole('treegrid');
  const stageRow = (page: Page, stage: string): Locator => tree(page).locator(`[data-row="stage:${stage}"]`);

  test('from the overview by clicks down to one call and its cost lines', async () => {
    const { page, context, complaints } = await world.visit('/');
    await page.getByRole('link', { name: 'support-assistant' }).click();
    await page.getByRole('heading', { level: 1, name: 'support-assistant' }).waitFor();
    await stageRow(page, 'answer').getByRole('button').click();
    expect(page.url()).toContain('open=answer');
    await tree(page).locator('[data-kind="call"] a').first().click();
    await page.getByRole('heading', { name: /^Attempt 1: anthropic\/claude-sonnet-4-5/ }).waitFor();
    const id = page
      .url()
      .replace(/.*\/calls\//, '')
      .replace(/\?.*/, '');
    const attempts = world.traffic.attempts.filter((attempt) => attempt.callId === id);
    const cost = toDecimal(sumUsd(attempts.map((attempt) => attempt.cost ?? zeroUsd)));
    expect(await page.locator(`[title="$${cost}"]`).count()).toBeGreaterThan(0);
    for (const line of attempts.flatMap((attempt) => attempt.lines)) {
      expect(await page.getByRole('cell', { name: `$${toDecimal(line.cost)}`, exact: true }).count()).toBeGreaterThan(
        0,
      );
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the same way with the keyboard alone', async () => {
    const { page, context } = await world.visit('/workflows/support-assistant');
    const root = tree(page).locator('[data-row="workflow"]');
    await root.waitFor();
    await root.focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page, 'dataset.row')).toBe('stage:answer');
    await page.keyboard.press('ArrowRight');
    await tree(page).locator('[data-kind="call"]').first().waitFor();
    expect(await stageRow(page, 'answer').getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await tree(page).locator('[data-kind="attempt"]').first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Attempt 1/ }).waitFor();
    expect(await focused(page, 'id')).toBe('content');
    await context.close();
  });

  test('the total on the screen is the sum of the attempts, and rows of a breakdown lead to their calls and runs', async () => {
    const { page, context } = await world.visit('/costs?by=model&range=24h');
    const total = toDecimal(sumUsd(world.traffic.attempts.map((attempt) => attempt.cost ?? zeroUsd)));
    await page.locator(`[title="$${total}"]`).first().waitFor();
    await page.getByText('unpriced').first().waitFor();
    const row = page.getByRole('row').filter({ hasText: 'claude-sonnet-4-5' });
    await row.getByRole('link').nth(1).click();
    await page.getByRole('list', { name: 'Filters' }).getByText('claude-sonnet-4-5').waitFor();
    expect(new URL(page.url()).pathname).toBe('/calls');
    await page.getByRole('table').getByRole('link', { name: /^…/ }).first().click();
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
    await context.close();
  });

  test('a table is exported as it stands, exact to the picodollar', async () => {
    const { page, context } = await world.visit('/costs?by=team&range=24h');
    await page.getByRole('cell', { name: 'support' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const support = world.traffic.attempts.filter((attempt) => attempt.team === 'support');
    const cost = toDecimal(sumUsd(support.map((attempt) => attempt.cost ?? zeroUsd)));
    expect(Buffer.concat(chunks).toString()).toContain(`support,${cost},`);
    await context.close();
  });

  test('the calls behind a number are exactly those it counts', async () => {
    const { page, context, complaints } = await world.visit('/costs?by=stage,failure&range=24h');
    const mine = world.traffic.attempts.filter(
      (attempt) => attempt.stage === 'answer' && attempt.failure === 'timeout',
    );
    const row = page.getByRole('row').filter({ hasText: 'answer' }).filter({ hasText: 'timeout' });
    expect(await row.getByRole('cell').nth(5).textContent()).toBe(String(mine.length));
    await row.getByRole('cell').nth(5).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
    const rows = page.getByRole('table').locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(new Set(mine.map((attempt) => attempt.callId)).size);
    await page.getByText(`${mine.length} attempts of`).waitFor();
    await page.getByRole('button', { name: 'Remove the filter Failure' }).click();
    await page.getByRole('button', { name: 'Remove the filter Stage' }).click();
    await expect.poll(() => rows.count()).toBe(50);
    await page.getByRole('button', { name: 'Show older calls' }).click();
    await expect.poll(() => rows.count()).toBe(100);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('what was sent again leads to the attempts that came after that failure', async () => {
    const { page, context } = await world.visit('/operations?range=24h');
    const retried = world.traffic.attempts.filter(({ reason, stage }) => reason === 'retry' && stage === 'answer');
    const row = page
      .getByRole('group', { name: 'Attempts sent again' })
      .getByRole('row')
      .filter({ hasText: 'answer' })
      .filter({ hasText: 'timeout' });
    await row.getByRole('link', { name: String(retried.length), exact: true }).click();
    await page.getByRole('list', { name: 'Filters' }).getByText('After failure').waitFor();
    await page.getByText(`${retried.length} attempts of`).waitFor();
    await context.close();
  });

  test('figures of behaviour lead to the calls of those who behaved so', async () => {
    const { page, context, complaints } = await world.visit('/economics/behaviour?range=24h');
    const cohorts = page.getByRole('group', { name: 'Cohorts' });
    const first = cohorts.getByRole('row').nth(1);
    await first.getByRole('cell').nth(2).getByRole('link').click();
    await page.getByRole('list', { name: 'Filters' }).getByText('users first seen in the week of').waitFor();
    await page.getByText(/\d attempts of/).waitFor();
    expect(await page.getByRole('table').locator('tbody tr').count()).toBeGreaterThan(0);
    await page.goBack();
    const regeneration = page.getByRole('region', { name: 'Regeneration' });
    await regeneration.getByText('Figures').click();
    await regeneration.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByText('interactions of 1 run', { exact: true }).waitFor();
    await page.getByText(`${world.traffic.attempts.length} attempts of`).waitFor();
    await page.goto(`${world.instance.origin}/operations?range=24h&where.behaviour=depth:1`);
    await page.getByText('narrows lists of calls or runs, not this page').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a count of outcomes leads to the runs that ended so', async () => {
    const { page, context } = await world.visit('/workflows/support-assistant?range=24h');
    const runs = new Set(
      world.traffic.attempts.filter(({ workflow }) => workflow === 'support-assistant').map((attempt) => attempt.run),
    );
    const escalated = world.traffic.outcomes.filter(({ outcome, run }) => outcome === 'escalated' && runs.has(run));
    const ending = page
      .getByRole('definition')
      .filter({ hasText: /%/ })
      .getByRole('link', { name: String(escalated.length), exact: true });
    await ending.first().click();
    await page.getByRole('list', { name: 'Filters' }).getByText('escalated').waitFor();
    const rows = page.getByRole('table').locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(escalated.length);
    expect(await rows.filter({ hasText: 'escalated' }).count()).toBe(escalated.length);
    await context.close();
  });

  test('filters hold on every page: the tree shows what matches, and a filter is added and taken away', async () => {
    const { page, context } = await world.visit('/workflows/support-assistant?range=24h&where.plan=pro');
    const pro = world.traffic.attempts.filter(
      ({ workflow, plan }) => workflow === 'support-assistant' && plan === 'pro',
    );
    const cost = toDecimal(sumUsd(pro.map((attempt) => attempt.cost ?? zeroUsd)));
    await page.locator(`[title="$${cost}"]`).first().waitFor();
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByText(`of ${world.traffic.attempts.filter(({ plan }) => plan === 'pro').length} attempts`).waitFor();
    await page.getByRole('button', { name: 'Remove the filter Plan' }).click();
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('combobox', { name: 'Only where' }).fill('Team');
    await page.getByRole('option', { name: 'Team', exact: true }).click();
    await page.getByRole('combobox', { name: 'is' }).click();
    await page.getByRole('option', { name: 'growth' }).click();
    expect(page.url()).toContain('where.team=growth');
    await page
      .getByText(`of ${world.traffic.attempts.filter(({ team }) => team === 'growth').length} attempts`)
      .waitFor();
    await context.close();
  });

  test('a link carries the range, and figures follow the ledger unless paused', async () => {
    const { page, context } = await world.visit('/workflows/report-drafting?range=15m');
    await page.getByRole('radio', { name: '15 min' }).waitFor({ state: 'attached' });
    expect(await page.getByRole('radio', { name: '15 min' }).isChecked()).toBe(true);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause live updates' }).click();
    await page.getByText('Paused').waitFor();
    const attempts = page.getByText(/attempts metered/);
    const before = await attempts.textContent();
    const nowMs = Date.now();
    const more = sampleTraffic(20, nowMs - minuteMs, nowMs - 1_000, 99);
    await world.instance.record(more);
    world.traffic = { attempts: [...world.traffic.attempts, ...more.attempts], outcomes: world.traffic.outcomes };
    await page.getByRole('button', { name: 'Resume live updates' }).click();
    await expect.poll(() => attempts.textContent(), { timeout: 15_000 }).not.toBe(before);
    await context.close();
  });

  test('an address that names nothing gets an error with its code', async () => {
    const { page, context } = await world.visit('/calls/call_unknown');
    await page.getByText('not_found').waitFor();
    await page.goto(`${world.instance.origin}/nowhere`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await context.close();
  });
});
