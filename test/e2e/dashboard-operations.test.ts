import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceBrowser, browserPath, seriousFindings } from './browser.ts';
import { openWorld, type World } from './dashboard-world.ts';

announceBrowser();

describe.runIf(browserPath !== null)('the operations of the dashboard in a browser', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world?.close();
  });

  async function send(id: string, reason: string): Promise<void> {
    const call = world.traffic.attempts.find(({ stage }) => stage === 'answer')?.callId;
    const body = JSON.stringify({ id, call, role: 'agent', reason, link: `https://desk.example.com/${id}` });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${world.instance.origin}/api/reviews`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }

  test('an answer that waits for a person is taken, looked at and decided with the keyboard alone', async () => {
    await send('answer-1', 'low confidence');
    await send('answer-2', 'a refund to another country');
    const { page, context, complaints } = await world.visit('/operations?range=24h');
    const panel = page.getByRole('region', { name: 'Reviews' });
    await panel.getByText('2 answers waiting').waitFor();
    await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: 15_000 }).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    await panel.getByRole('group', { name: 'Reviews' }).focus();
    await pressAt(page, 'Look at answer-1');
    const review = panel.getByRole('region', { name: 'The review' });
    await pressAt(page, 'Start');
    await review.getByText('has looked at it for').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await pressAt(page, 'Minutes it took, where the clock did not run', '6');
    await pressAt(page, 'Correct');
    await panel.getByText('1 answer waiting').waitFor();
    await panel.getByText('1 decided in 6 minutes, $3.00').waitFor();
    expect(await panel.getByRole('row').filter({ hasText: 'low confidence' }).textContent()).toContain('correct');
    expect(await review.count()).toBe(0);
    await pressAt(page, 'Look at answer-2');
    await review.waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the queue is there though nobody called in the range', async () => {
    const { page, context } = await world.visit('/operations?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z');
    await page.getByText('No calls in this range.').waitFor();
    await page.getByRole('region', { name: 'Reviews' }).waitFor();
    await context.close();
  });
});

const tabsMax = 60;

/** Goes on with Tab to what has this name, and presses it or types. */
async function pressAt(page: Page, name: string, text?: string): Promise<void> {
  const here = () =>
    page.evaluate<string>("document.activeElement.ariaLabel ?? document.activeElement.textContent ?? ''");
  for (let tabs = 0; (await here()) !== name; tabs++) {
    expect(tabs, `Tab reaches "${name}"`).toBeLessThan(tabsMax);
    await page.keyboard.press('Tab');
  }
  if (text === undefined) await page.keyboard.press('Enter');
  else await page.keyboard.type(text);
}
