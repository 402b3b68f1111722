import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sumUsd, toDecimal, zeroUsd } from '../../src/money/index.ts';
import { announceBrowser, browserPath, complaintsOf, openBrowser, overflows, seriousFindings } from './browser.ts';
import { type SampleInstance, startSampleInstance } from './sample-instance.ts';
import { type SampleTraffic, sampleTraffic } from './sample-traffic.ts';
import { freePort, type Running, startBurnrate } from './stack.ts';

announceBrowser();

const minuteMs = 60_000;

/** What the sample traffic runs, as burnrate.yaml describes it. */
const yaml = `
version: 1
timeZone: UTC
providers: { openai: { kind: openai }, anthropic: { kind: anthropic }, gemini: { kind: gemini } }
workflows:
  support-assistant:
    outcome: { successRate: 0.7, valueUsd: 4.5 }
    traffic: { users: "50 to 80", sessionsPerUserPerDay: 2, interactionsPerSession: 1 }
    stages:
      classify: { model: openai/gpt-5-nano, input: "400 to 800", output: 12, next: answer }
      answer: { model: anthropic/claude-sonnet-4-5, input: "4000 to 8000", output: "200 to 500" }
plans: { free: { interactionsPerDay: 20 }, pro: { priceUsd: 29 } }
people: { agent: { hourlyUsd: 30 } }
budgets: [ { name: company, limitUsd: 500, period: month, hard: true, brake: [ { at: 0.9, stop: true } ] } ]
`;

describe.runIf(browserPath !== null)('the dashboard in a browser', () => {
  let browser: Browser;
  let instance: SampleInstance;
  let empty: SampleInstance;
  let traffic: SampleTraffic;

  beforeAll(async () => {
    const nowMs = Date.now();
    traffic = sampleTraffic(90, nowMs - 40 * minuteMs, nowMs - minuteMs);
    [browser, instance, empty] = await Promise.all([
      openBrowser(),
      startSampleInstance({ simulated: true, yaml }),
      startSampleInstance({ simulated: false }),
    ]);
    await instance.record(traffic);
    await instance.raiseAlert(nowMs - 5 * minuteMs);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([instance?.close(), empty?.close()]);
  });

  async function visit(
    origin: string,
    path: string,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints = complaintsOf(page);
    await page.goto(origin + path);
    return { page, context, complaints };
  }

  const focused = (page: Page, property: string) => page.evaluate<string>(`document.activeElement.${property}`);
  const tree = (page: Page) => page.getByRole('treegrid');
  const stageRow = (page: Page, stage: string): Locator => tree(page).locator(`[data-row="stage:${stage}"]`);

  test('from the overview by clicks down to one call and its cost lines', async () => {
    const { page, context, complaints } = await visit(instance.origin, '/');
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
    const attempts = traffic.attempts.filter((attempt) => attempt.callId === id);
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
    const { page, context } = await visit(instance.origin, '/workflows/support-assistant');
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
    const { page, context } = await visit(instance.origin, '/costs?by=model&range=24h');
    const total = toDecimal(sumUsd(traffic.attempts.map((attempt) => attempt.cost ?? zeroUsd)));
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
    const { page, context } = await visit(instance.origin, '/costs?by=team&range=24h');
    await page.getByRole('cell', { name: 'support' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const support = traffic.attempts.filter((attempt) => attempt.team === 'support');
    const cost = toDecimal(sumUsd(support.map((attempt) => attempt.cost ?? zeroUsd)));
    expect(Buffer.concat(chunks).toString()).toContain(`support,${cost},`);
    await context.close();
  });

  test('the calls behind a number are exactly those it counts', async () => {
    const { page, context, complaints } = await visit(instance.origin, '/costs?by=stage,failure&range=24h');
    const mine = traffic.attempts.filter((attempt) => attempt.stage === 'answer' && attempt.failure === 'timeout');
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

  test('a count of outcomes leads to the runs that ended so', async () => {
    const { page, context } = await visit(instance.origin, '/workflows/support-assistant?range=24h');
    const runs = new Set(
      traffic.attempts.filter(({ workflow }) => workflow === 'support-assistant').map((attempt) => attempt.run),
    );
    const escalated = traffic.outcomes.filter(({ outcome, run }) => outcome === 'escalated' && runs.has(run));
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
    const { page, context } = await visit(instance.origin, '/workflows/support-assistant?range=24h&where.plan=pro');
    const pro = traffic.attempts.filter(({ workflow, plan }) => workflow === 'support-assistant' && plan === 'pro');
    const cost = toDecimal(sumUsd(pro.map((attempt) => attempt.cost ?? zeroUsd)));
    await page.locator(`[title="$${cost}"]`).first().waitFor();
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByText(`of ${traffic.attempts.filter(({ plan }) => plan === 'pro').length} attempts`).waitFor();
    await page.getByRole('button', { name: 'Remove the filter Plan' }).click();
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('combobox', { name: 'Only where' }).fill('Team');
    await page.getByRole('option', { name: 'Team', exact: true }).click();
    await page.getByRole('combobox', { name: 'is' }).click();
    await page.getByRole('option', { name: 'growth' }).click();
    expect(page.url()).toContain('where.team=growth');
    await page.getByText(`of ${traffic.attempts.filter(({ team }) => team === 'growth').length} attempts`).waitFor();
    await context.close();
  });

  test('a key is made, its secret shown once, and taken back; prices are found', async () => {
    const { page, context, complaints } = await visit(empty.origin, '/settings');
    await page.getByRole('textbox', { name: 'Name of the new key' }).fill('deploy-bot');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('shown this once').waitFor();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('row').filter({ hasText: 'deploy-bot' }).waitFor();
    expect(await page.getByText('br_secret').count()).toBe(0);
    await page.getByRole('button', { name: 'Revoke deploy-bot' }).click();
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await page.getByText('revoked', { exact: true }).first().waitFor();
    await page.getByRole('textbox', { name: /Part of a model/ }).fill('gpt-5-nano');
    await expect.poll(() => page.getByRole('cell', { name: 'gpt-5-nano', exact: true }).count()).toBeGreaterThan(0);
    await expect.poll(() => page.getByRole('cell', { name: 'davinci', exact: true }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an instance with a token asks for it, keeps it from scripts, and lets go of it', async () => {
    const guarded = await startSampleInstance({ simulated: true, adminToken: 'a long admin token' });
    const { page, context, complaints } = await visit(guarded.origin, '/operations');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Admin token').fill('a guess');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the token').waitFor();
    await page.getByLabel('Admin token').fill('a long admin token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
    await guarded.close();
  });

  test('a link carries the range, and figures follow the ledger unless paused', async () => {
    const { page, context } = await visit(instance.origin, '/workflows/report-drafting?range=15m');
    await page.getByRole('radio', { name: '15 min' }).waitFor({ state: 'attached' });
    expect(await page.getByRole('radio', { name: '15 min' }).isChecked()).toBe(true);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause live updates' }).click();
    await page.getByText('Paused').waitFor();
    const attempts = page.getByText(/attempts metered/);
    const before = await attempts.textContent();
    const nowMs = Date.now();
    const more = sampleTraffic(20, nowMs - minuteMs, nowMs - 1_000, 99);
    await instance.record(more);
    traffic = { attempts: [...traffic.attempts, ...more.attempts], outcomes: traffic.outcomes };
    await page.getByRole('button', { name: 'Resume live updates' }).click();
    await expect.poll(() => attempts.textContent(), { timeout: 15_000 }).not.toBe(before);
    await context.close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious on any page, %s',
    async (colorScheme) => {
      const call = traffic.attempts.find((attempt) => attempt.attemptNumber === 2);
      const places = [
        '/',
        '/workflows',
        '/workflows/support-assistant?open=answer',
        '/costs?by=team,model&where.team=support',
        '/calls?where.stage=answer',
        '/runs?where.outcome=success',
        '/operations',
        '/economics?by=team,plan',
        '/economics/behaviour',
        '/economics/weekly',
        '/forecast?set.traffic=1.5',
        '/workflows/support-assistant?tree=diff',
        '/controls',
        '/settings',
        `/calls/${call?.callId}`,
        `/runs/${call?.run}`,
        '/nowhere',
      ];
      const { page, context, complaints } = await visit(instance.origin, '/', { colorScheme });
      for (const place of places) {
        await page.goto(instance.origin + place);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('domcontentloaded');
        await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: 15_000 }).toBe(0);
        expect(await seriousFindings(page), place).toEqual([]);
        expect(await page.getByRole('complementary', { name: 'Simulated data' }).count(), place).toBe(1);
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
    90_000,
  );

  test.each([
    ...['/', '/workflows/support-assistant?open=answer', '/costs?by=team,model', '/calls', '/runs', '/operations'],
    ...['/economics?by=team,plan', '/economics/behaviour', '/economics/weekly', '/forecast', '/controls', '/settings'],
  ])('%s can be read at phone width', async (path) => {
    const { page, context } = await visit(instance.origin, path, { viewport: { width: 360, height: 740 } });
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await overflows(page)).toBe(false);
    await context.close();
  });

  test.each([
    ...['/workflows', '/costs', '/calls', '/runs', '/economics', '/economics/behaviour', '/economics/weekly'],
    ...['/forecast', '/controls', '/operations', '/settings'],
  ])('%s says on an empty instance that there is nothing yet', async (path) => {
    const { page, context, complaints } = await visit(empty.origin, path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: 15_000 }).toBe(0);
    expect(await page.getByText(/NaN|undefined|Invalid Date/).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a slider is moved with the keyboard, stands in the address and moves the forecast', async () => {
    const { page, context, complaints } = await visit(instance.origin, '/forecast');
    const total = page.locator('dl > div').first();
    await total.getByText('four of five').waitFor();
    const before = await total.locator('dd').first().textContent();
    const volume = page.getByRole('slider', { name: /^Volume/ });
    await volume.focus();
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight');
    await total.getByText('more than the file as it is').waitFor();
    expect(await total.locator('dd').first().textContent()).not.toBe(before);
    expect(page.url()).toContain('set.traffic=1.5');
    await page.reload();
    await page.getByText('×1.50').waitFor();
    await page.getByRole('button', { name: 'As the file is' }).click();
    await expect.poll(() => total.locator('dd').first().textContent(), { timeout: 15_000 }).toBe(before);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an empty instance shows how to send the first call', async () => {
    const { page, context, complaints } = await visit(empty.origin, '/');
    await page.getByRole('heading', { name: 'Waiting for the first call' }).waitFor();
    await page.getByRole('tab', { name: 'Anthropic' }).click();
    expect(await page.getByRole('tabpanel').textContent()).toContain('/anthropic');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.getByRole('complementary', { name: 'Simulated data' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a ledger that does not answer: nothing is called live, old figures stay, a new page says why, and all is well again', async () => {
    const { page, context } = await visit(instance.origin, '/costs?by=team');
    await page.getByRole('cell', { name: 'support' }).waitFor();
    instance.breakLedger(true);
    await page.getByText('Not up to date', { exact: true }).waitFor();
    await page.getByText('Figures as of').waitFor();
    expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
    expect(await page.getByRole('cell', { name: 'support' }).count()).toBe(1);
    await page.getByRole('combobox', { name: 'Group by' }).click();
    await page.getByRole('option', { name: 'Stage', exact: true }).click();
    await page.getByText('ledger_unavailable').first().waitFor();
    await page.goto(`${instance.origin}/workflows`);
    await page.getByRole('alert').getByText('The ledger is restarting').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    instance.breakLedger(false);
    await page.getByRole('link', { name: 'support-assistant' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await context.close();
  }, 60_000);

  test('an address that names nothing gets an error with its code', async () => {
    const { page, context } = await visit(instance.origin, '/calls/call_unknown');
    await page.getByText('not_found').waitFor();
    await page.goto(`${instance.origin}/nowhere`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await context.close();
  });
});

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
    await month.click();
    await page.getByRole('heading', { level: 1, name: 'Forecast' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'support-assistant' }).click();
    await page.getByRole('treegrid').locator('[data-row="stage:answer"]').getByRole('button').click();
    await page.getByRole('treegrid').locator('[data-kind="call"] a').first().click();
    await page.getByRole('heading', { name: /^Attempt 1/ }).waitFor();
    await page.getByRole('columnheader', { name: 'Rate per million' }).first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
