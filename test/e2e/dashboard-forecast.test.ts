import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath, seriousFindings } from './browser.ts';
import { openWorld, type World } from './dashboard-world.ts';

announceBrowser();

describe.runIf(browserPath !== null)('the forecast of the dashboard in a browser', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world?.close();
  });

  test('a slider is moved with the keyboard, stands in the address and moves the forecast', async () => {
    const { page, context, complaints } = await world.visit('/forecast');
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

  test('a stage is switched to another model: the forecast follows, says what it assumes, and the address keeps it', async () => {
    const { page, context, complaints } = await world.visit('/forecast');
    const total = page.locator('dl > div').first();
    await total.getByText('four of five').waitFor();
    await page.getByText('Models of stages').click();
    await page.getByText('tokens, failures and response times stay').waitFor();
    await page.getByRole('combobox', { name: 'support-assistant answer' }).fill('openai/gpt-5-mini');
    await page.getByRole('option', { name: 'openai/gpt-5-mini', exact: true }).click();
    await total.getByText('less than the file as it is').waitFor();
    expect(page.url()).toContain('use.support-assistant.answer=openai%2Fgpt-5-mini');
    expect(await seriousFindings(page)).toEqual([]);
    await page.reload();
    await total.getByText('less than the file as it is').waitFor();
    await page.getByRole('button', { name: 'As the file is' }).click();
    await total.getByText('four of five').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('brakes save something in the browser too', async () => {
    const { page, context } = await world.visit('/forecast?set.traffic=4');
    const row = page
      .getByRole('region', { name: 'Will the budgets hold?' })
      .getByRole('row')
      .filter({ hasText: 'company' });
    await row.getByText(/from 50 %: openai\/gpt-5-nano for every call saves \$[1-9]/).waitFor();
    await context.close();
  });
});
