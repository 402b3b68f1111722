import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath, overflows, seriousFindings } from './browser.ts';
import { minuteMs, openWorld, type World } from './dashboard-world.ts';
import { type SampleInstance, startSampleInstance } from './sample-instance.ts';

announceBrowser();

describe.runIf(browserPath !== null)('every place of the dashboard in a browser', () => {
  let world: World;
  let empty: SampleInstance;

  beforeAll(async () => {
    [world, empty] = await Promise.all([openWorld(), startSampleInstance({ simulated: false })]);
    await world.instance.raiseAlert(Date.now() - 5 * minuteMs);
  });

  afterAll(async () => {
    await world?.close();
    await empty?.close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious on any page, %s',
    async (colorScheme) => {
      const call = world.traffic.attempts.find((attempt) => attempt.attemptNumber === 2);
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
      const { page, context, complaints } = await world.visit('/', { colorScheme });
      for (const place of places) {
        await page.goto(world.instance.origin + place);
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
    const { page, context } = await world.visit(path, { viewport: { width: 360, height: 740 } });
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await overflows(page)).toBe(false);
    await context.close();
  });

  test.each([
    ...['/workflows', '/costs', '/calls', '/runs', '/economics', '/economics/behaviour', '/economics/weekly'],
    ...['/forecast', '/controls', '/operations', '/settings'],
  ])('%s says on an empty instance that there is nothing yet', async (path) => {
    const { page, context, complaints } = await world.visit(path, { origin: empty.origin });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: 15_000 }).toBe(0);
    expect(await page.getByText(/NaN|undefined|Invalid Date/).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an empty instance shows how to send the first call', async () => {
    const { page, context, complaints } = await world.visit('/', { origin: empty.origin });
    await page.getByRole('heading', { name: 'Waiting for the first call' }).waitFor();
    await page.getByRole('tab', { name: 'Anthropic' }).click();
    expect(await page.getByRole('tabpanel').textContent()).toContain('/anthropic');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.getByRole('complementary', { name: 'Simulated data' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a panel whose answer hangs says what is waited for and asks again, and the others are there meanwhile', async () => {
    const { page, context } = await world.visit('/settings');
    const asked = '**/api/releases?*';
    let hangs = true;
    await page.route(asked, (route) => (hangs ? undefined : route.continue()));
    await page.goto(`${world.instance.origin}/economics?range=24h`);
    await page.getByRole('region', { name: 'The whole stack' }).getByRole('row').nth(1).waitFor();
    await page
      .getByRole('region', { name: 'What would save' })
      .getByText(/Nothing that surely saves/)
      .waitFor();
    const releases = page.getByRole('region', { name: 'Releases' });
    await releases.getByText('“Releases” is still being read.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    hangs = false;
    await releases.getByRole('button', { name: 'Try again' }).click();
    await releases.getByRole('row').nth(1).waitFor();
    expect(await page.getByText('is still being read.').count()).toBe(0);
    await context.close();
  }, 60_000);

  test.each([
    ['/economics?range=24h', '**/api/stack?*', 'Releases'],
    ['/workflows/support-assistant?range=24h', '**/api/workflows/*/tree?*', 'Releases'],
    ['/operations?range=24h', '**/api/performance?*', 'The record itself'],
    ['/?range=24h', '**/api/workflows?*', 'What changed since yesterday'],
  ])('%s without an answer of %s still shows %s', async (path, asked, panel) => {
    const { page, context } = await world.visit('/settings');
    await page.route(asked, (route) => route.abort());
    await page.goto(world.instance.origin + path);
    await page.getByRole('alert').getByText('Burnrate does not answer.').first().waitFor();
    await page.getByRole('region', { name: panel }).getByText(/\d/).first().waitFor();
    await context.close();
  });

  test('a ledger that does not answer: nothing is called live, old figures stay, a new page says why, and all is well again', async () => {
    const { page, context } = await world.visit('/costs?by=team');
    await page.getByRole('cell', { name: 'support' }).waitFor();
    world.instance.breakLedger(true);
    await page.getByText('Not up to date', { exact: true }).waitFor();
    await page.getByText('Figures as of').waitFor();
    expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
    expect(await page.getByRole('cell', { name: 'support' }).count()).toBe(1);
    await page.getByRole('combobox', { name: 'Group by' }).click();
    await page.getByRole('option', { name: 'Stage', exact: true }).click();
    await page.getByText('ledger_unavailable').first().waitFor();
    await page.goto(`${world.instance.origin}/workflows`);
    await page.getByRole('alert').getByText('The ledger is restarting').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    world.instance.breakLedger(false);
    await page.getByRole('link', { name: 'support-assistant' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await context.close();
  }, 60_000);
});
