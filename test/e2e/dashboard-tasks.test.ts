/** Four questions people open the dashboard with, each followed to its answer in a browser. */
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../src/base/index.ts';
import { sumUsd, toDecimal, usd } from '../../src/money/index.ts';
import { announceBrowser, browserPath, complaintsOf, openBrowser, seriousFindings } from './browser.ts';
import { type SampleInstance, startSampleInstance } from './sample-instance.ts';
import { sampleTraffic } from './sample-traffic.ts';
import { type Stack, startStack } from './stack.ts';

announceBrowser();

const dayMs = 86_400_000;
/** A Monday at noon, in the middle of a month. */
const nowMs = Date.UTC(2026, 2, 16, 12);
const yesterdayMs = Date.UTC(2026, 2, 15);

const yaml = `
version: 1
timeZone: UTC
people: { agent: { hourlyUsd: 30 } }
providers: { openai: { kind: openai }, anthropic: { kind: anthropic }, gemini: { kind: gemini } }
workflows:
  support-assistant:
    stages:
      classify: { model: openai/gpt-5-nano, input: 600, output: 12, next: answer }
      answer: { model: anthropic/claude-sonnet-4-5, input: 5800, output: 340 }
overheads: { infrastructure: [ { name: cluster, monthlyUsd: 620, allocateBy: calls } ] }
`;

describe.runIf(browserPath !== null)('a question is followed to its answer', () => {
  let browser: Browser;
  let instance: SampleInstance;
  const started: Stack[] = [];

  beforeAll(async () => {
    const clock = manualClock(nowMs);
    [browser, instance] = await Promise.all([openBrowser(), startSampleInstance({ simulated: true, clock, yaml })]);
    const before = { release: '2026.3.1', promptFactor: 1 };
    const after = { release: '2026.3.2', promptFactor: 2 };
    await instance.record(sampleTraffic(150, yesterdayMs - dayMs + 1, yesterdayMs - 60_000, 3, before));
    await instance.record(sampleTraffic(150, yesterdayMs + 1, yesterdayMs + dayMs - 60_000, 5, after));
  });

  afterAll(async () => {
    for (const stack of started) await stack.stop();
    await browser?.close();
    await instance?.close();
  });

  async function open(path: string, origin = instance.origin, atMs: number | null = nowMs) {
    const context = await browser.newContext({ reducedMotion: 'reduce', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    if (atMs !== null) await page.clock.setFixedTime(atMs);
    const complaints = complaintsOf(page);
    await page.goto(origin + path);
    return { page, context, complaints };
  }

  test('why did yesterday cost more? Because of the release that doubled the prompts', async () => {
    const { page, context, complaints } = await open('/?range=7d');
    const panel = page.getByRole('region', { name: /^What changed/ });
    await panel.getByText('Yesterday', { exact: true }).click();
    await panel.getByText('Release', { exact: true }).click();
    await page.getByRole('heading', { name: 'What changed yesterday' }).waitFor();
    const [first, second] = [panel.locator('tbody tr').nth(0), panel.locator('tbody tr').nth(1)];
    await expect.poll(() => first.textContent()).toMatch(/2026\.3\.2.*\+\$/);
    expect(await second.textContent()).toMatch(/2026\.3\.1.*-\$/);
    await first.getByRole('link', { name: '2026.3.2' }).click();
    const releases = page.getByRole('region', { name: 'Releases' });
    const verdict = releases.getByRole('row').filter({ hasText: '2026.3.2' }).filter({ hasText: 'support-assistant' });
    await verdict.getByText('worse').waitFor();
    expect(await verdict.textContent()).toMatch(/\+\d+\.\d%/);
    await verdict.getByRole('link').first().click();
    await page.getByRole('list', { name: 'Filters' }).getByText('2026.3.2').waitFor();
    expect(new URL(page.url()).pathname).toBe('/runs');
    expect(complaints).toEqual([]);
    await context.close();
  });

  const range = `from=${new Date(yesterdayMs - dayMs).toISOString()}&to=${new Date(yesterdayMs + dayMs).toISOString()}`;

  test('who pays for this? The chargeback file, which sums to what is on the screen', async () => {
    const { page, context, complaints } = await open(`/economics?${range}&where.team=support&where.team=growth`);
    const panel = page.getByRole('region', { name: 'Who pays' });
    await panel.getByRole('combobox', { name: 'Across' }).click();
    await page.getByRole('option', { name: 'Plan', exact: true }).click();
    await panel.getByRole('columnheader', { name: 'free' }).waitFor();
    const shown = (await panel.locator('strong').getAttribute('title'))?.slice(1) ?? '';
    const cells = await panel
      .locator('tbody tr td:last-child span')
      .evaluateAll((all) => all.map((cell) => cell.getAttribute('title') ?? ''));
    expect(toDecimal(sumUsd(cells.map((cell) => usd(cell.slice(1)))))).toBe(shown);
    const charged = await chargeback(page);
    expect(toDecimal(sumUsd(charged.map(({ cost }) => usd(cost))))).toBe(shown);
    expect(new Set(charged.map(({ line }) => line))).toContain('infrastructure');
    expect(new Set(charged.map(({ team }) => team))).toEqual(new Set(['support', 'growth']));
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('all teams together pay the whole, and each figure leads to its calls', async () => {
    const { page, context } = await open(`/economics?${range}`);
    const titleOf = () => page.getByRole('region', { name: 'Who pays' }).locator('strong').getAttribute('title');
    await page.getByRole('region', { name: 'Who pays' }).locator('strong').waitFor();
    const whole = await titleOf();
    const parts: string[] = [];
    for (const team of ['support', 'analytics', 'growth']) {
      await page.goto(`${instance.origin}/economics?${range}&where.team=${team}`);
      await page.getByRole('region', { name: 'Who pays' }).locator('strong').waitFor();
      parts.push((await titleOf()) ?? '');
    }
    expect(`$${toDecimal(sumUsd(parts.map((part) => usd(part.slice(1)))))}`).toBe(whole);
    await page
      .getByRole('region', { name: 'The whole stack' })
      .getByRole('row')
      .filter({ hasText: 'inference' })
      .getByRole('link')
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
    await expect
      .poll(() => page.getByRole('table').locator('tbody tr').count(), { timeout: 15_000 })
      .toBeGreaterThan(0);
    await context.close();
  });

  test('a recommendation is accepted: the exact change of the file', async () => {
    const { page, context } = await open(`/economics?${range}`);
    const panel = page.getByRole('region', { name: 'What would save' });
    const switched = panel.getByRole('row').filter({ hasText: 'Switch model' }).filter({ hasText: 'answer' });
    await switched.getByRole('button', { name: /^Accept: switch openai\/gpt-5-nano/ }).click();
    const change = panel.getByRole('region', { name: 'The change' });
    expect(await change.locator('pre').textContent()).toContain('model: openai/gpt-5-nano');
    expect(await seriousFindings(page)).toEqual([]);
    await context.close();
  });

  test('will we hold this month’s budget? No: until this day, and then this brake', async () => {
    const brake = [
      { at: 0.8, model: 'openai/gpt-5-mini' },
      { at: 0.95, stop: true },
    ];
    const budget = { name: 'company', limit: '1000', period: 'month', hard: true, brake };
    const made = await fetch(`${instance.origin}/api/budgets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(budget),
    });
    expect(made.status).toBe(200);
    await instance.spend('company', 700n);
    const { page, context, complaints } = await open('/?range=7d');
    const fact = page.locator('dl > div').filter({ hasText: 'Budget company' });
    await fact.getByText('used up Mar 23, 03:25 at this pace').waitFor();
    await fact.getByRole('link', { name: '70% used' }).click();
    const row = page.getByRole('region', { name: 'Budgets' }).getByRole('row').filter({ hasText: 'company' });
    await row.getByText('used up Mar 23, 03:25').waitFor();
    expect(await row.textContent()).toContain('model openai/gpt-5-mini from Mar 18');
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('why was this user refused? Because another call held what was left', async () => {
    const stack = await startStack({ scenario: { latency: { firstTokenMs: 6_000, perTokenMs: 1 } }, settings: tight });
    started.push(stack);
    const holding = chat(stack, 'holder');
    await stack.until<{ budgets: readonly { fullest: { held: string } | null }[] }>('/api/budgets', ({ budgets }) =>
      budgets.some(({ fullest }) => Number(fullest?.held ?? 0) > 0),
    );
    expect((await chat(stack, 'unlucky')).headers.get('burnrate-error-code')).toMatch(/^budget_/);
    const { page, context, complaints } = await open('/controls?where.user=unlucky', stack.origin, null);
    const panel = page.getByRole('region', { name: 'Refused calls' });
    await panel.getByRole('button', { name: /^Why: unlucky/ }).click();
    const why = panel.getByRole('region', { name: 'Why it was refused' });
    await why.getByText('Budget team-budget').waitFor();
    const hold = why.getByRole('row').filter({ hasText: 'holder' });
    expect(await hold.textContent()).toMatch(/call_\w+holder\$0\.\d+/);
    expect(await seriousFindings(page)).toEqual([]);
    const finished = await holding;
    expect(finished.status).toBe(200);
    const callId = finished.headers.get('burnrate-call-id') ?? '';
    await stack.until<{ id?: string }>(`/api/calls/${callId}`, ({ id }) => id === callId);
    await hold.getByRole('link', { name: callId }).click();
    await page.getByRole('heading', { name: /^Attempt 1/ }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);
});

/** Room for one such answer, not for two, and the second does not wait until the first is done. */
const tight = `server: { budgetWait: 1s }
budgets: [ { name: team-budget, limitUsd: 0.0006, period: total, hard: true } ]
`;

function chat(stack: Stack, user: string): Promise<Response> {
  return fetch(`${stack.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'burnrate-user': user, 'burnrate-stage': 'answer' },
    body: JSON.stringify({
      model: 'gpt-5-mini',
      max_completion_tokens: 500,
      messages: [{ role: 'user', content: 'Say hello.' }],
    }),
  });
}

/** Rows of the file the button gives: `team,plan,line,item,allocated by,costUsd`. */
async function chargeback(page: Page) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Chargeback CSV' }).click(),
  ]);
  const lines = (await textOf(download)).trim().split('\r\n').slice(1);
  return lines
    .map((line) => line.split(','))
    .filter(([team]) => team !== 'total')
    .map((cells) => ({ team: cells[0] ?? '', line: cells[2] ?? '', cost: cells.at(-1) ?? '0' }));
}

async function textOf(download: Download): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
