import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath } from './browser.ts';
import { openWorld, type World } from './dashboard-world.ts';

announceBrowser();

describe.runIf(browserPath !== null)('the economics of the dashboard in a browser', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world?.close();
  });

  test('margins by plan and by customer, and what waiting costs; each figure leads to what is behind it', async () => {
    const { page, context, complaints } = await world.visit('/economics?range=24h');
    const margins = page.getByRole('region', { name: 'Margins' });
    const pro = margins.getByRole('row').filter({ hasText: 'pro' });
    expect(await pro.getByRole('cell').nth(2).textContent()).toMatch(/^\$\d/);
    await margins.getByText('Customer', { exact: true }).click();
    await margins.getByText('names a customer').waitFor();
    const waiting = page.getByRole('region', { name: 'The price of waiting' }).getByRole('row');
    const row = waiting.filter({ hasText: 'support-assistant' });
    expect(await row.textContent()).toMatch(/3 s\d+%.*\$/);
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await page.goBack();
    await pro.getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'Costs' }).waitFor();
    expect(new URL(page.url()).search).toContain('where.plan=pro');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
