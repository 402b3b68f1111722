import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath, seriousFindings } from './browser.ts';
import { openWorld, type World } from './dashboard-world.ts';
import { type SampleInstance, startSampleInstance } from './sample-instance.ts';

announceBrowser();

/** Makes a user on Settings, and gives their token. */
async function makeUser(page: Page, origin: string): Promise<string> {
  await page.goto(`${origin}/settings`);
  await page.getByLabel('Name of the new user').fill('ada');
  await page.getByRole('combobox', { name: 'Role', exact: true }).click();
  await page.getByRole('option', { name: /^Operator/ }).click();
  await page.getByRole('button', { name: 'Create user' }).click();
  const token = (await page.locator('code', { hasText: /^bru_/ }).textContent()) ?? '';
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('combobox', { name: 'Role of ada' }).click();
  await page.getByRole('option', { name: 'finance', exact: true }).click();
  await expect.poll(() => page.getByRole('combobox', { name: 'Role of ada' }).inputValue()).toBe('finance');
  expect(await seriousFindings(page)).toEqual([]);
  return token;
}

describe.runIf(browserPath !== null)('the settings of the dashboard in a browser', () => {
  let world: World;
  let empty: SampleInstance;

  beforeAll(async () => {
    [world, empty] = await Promise.all([openWorld(), startSampleInstance({ simulated: false })]);
  });

  afterAll(async () => {
    await world?.close();
    await empty?.close();
  });

  test('a key is made, its secret shown once, and taken back; prices are found', async () => {
    const { page, context, complaints } = await world.visit('/settings', { origin: empty.origin });
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
    const { page, context, complaints } = await world.visit('/operations', { origin: guarded.origin });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Token').fill('a guess');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That token may not sign in here').waitFor();
    await page.getByLabel('Token').fill('a long admin token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    const token = await makeUser(page, guarded.origin);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('you are ada, finance').waitFor();
    expect(await page.getByRole('heading', { name: 'Users' }).count()).toBe(0);
    await guarded.raiseAlert(Date.now());
    await page.goto(`${guarded.origin}/controls`);
    const alert = page.getByRole('row').filter({ hasText: 'token spike' });
    await alert.getByText('nobody yet').waitFor();
    expect(await alert.getByRole('button').count()).toBe(0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
    await guarded.close();
  });
});
