import type { Browser, BrowserContext, Page } from 'playwright-core';
import { complaintsOf, openBrowser } from './browser.ts';
import { type SampleInstance, startSampleInstance } from './sample-instance.ts';
import { type SampleTraffic, sampleTraffic } from './sample-traffic.ts';

export const minuteMs = 60_000;

/** What the sample traffic runs, as burnrate.yaml describes it. */
const yaml = `
version: 1
timeZone: UTC
providers: { openai: { kind: openai }, anthropic: { kind: anthropic }, gemini: { kind: gemini } }
workflows:
  support-assistant:
    outcome: { successRate: 0.7, valueUsd: 4.5 }
    traffic: { users: "50 to 80", sessionsPerUserPerDay: 2, interactionsPerSession: 1 }
    impatience: { afterSeconds: 3, retryProbability: 0.3, abandonProbability: 0.05 }
    stages:
      classify: { model: openai/gpt-5-nano, input: "400 to 800", output: 12, next: answer }
      answer: { model: anthropic/claude-sonnet-4-5, input: "4000 to 8000", output: "200 to 500" }
plans: { free: { interactionsPerDay: 20 }, pro: { priceUsd: 29 } }
people: { agent: { hourlyUsd: 30 } }
budgets: [ { name: company, limitUsd: 10, period: month, hard: true, brake: [ { at: 0.5, model: openai/gpt-5-nano } ] } ]
`;

/** A browser and an instance of the last forty minutes of a product that described itself. */
export interface World {
  readonly browser: Browser;
  readonly instance: SampleInstance;
  /** All that was recorded. */
  traffic: SampleTraffic;
  visit(path: string, options?: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

export interface VisitOptions extends NonNullable<Parameters<Browser['newContext']>[0]> {
  /** Another instance than the world's. */
  readonly origin?: string;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
}

export async function openWorld(): Promise<World> {
  const nowMs = Date.now();
  const traffic = sampleTraffic(90, nowMs - 40 * minuteMs, nowMs - minuteMs);
  const [browser, instance] = await Promise.all([openBrowser(), startSampleInstance({ simulated: true, yaml })]);
  await instance.record(traffic);
  return {
    ...{ browser, instance, traffic },
    visit: (path, options) => visit(browser, instance.origin, path, options),
    async close() {
      await browser.close();
      await instance.close();
    },
  };
}

/** A page of its own, whose complaints are kept. */
export async function visit(
  browser: Browser,
  origin: string,
  path: string,
  options: VisitOptions = {},
): Promise<Visit> {
  const { origin: elsewhere = origin, ...contextOptions } = options;
  const context = await browser.newContext({ reducedMotion: 'reduce', ...contextOptions });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = complaintsOf(page);
  await page.goto(elsewhere + path);
  return { page, context, complaints };
}
