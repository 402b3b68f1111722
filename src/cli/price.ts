import { BurnrateError } from '../base/index.ts';
import { listPrices, type PriceListing, type PriceReport, priceReport } from '../pricing/index.ts';
import { priceBookOf } from '../processes/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadSettings } from './load-settings.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

export interface PriceOptions {
  readonly provider: string;
  readonly model: string;
  readonly usage: string;
  readonly tier?: string;
  readonly at?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `burnrate price`: cost lines of one usage object. Exit 1 when the price is unknown. */
export async function price(effects: Effects, options: PriceOptions): Promise<ExitCode> {
  const book = priceBookOf(await loadSettings(effects, options.config));
  const { provider, model, tier } = options;
  const report = priceReport(book, {
    provider,
    model,
    tier,
    atMs: readAt(options.at, effects),
    usage: readUsage(options.usage),
  });
  print(effects, options.json === true, report, () => priceText(report, terminalWidth(effects)));
  return report.totalUsd === null ? exitCodes.checkFailed : exitCodes.fine;
}

function readAt(at: string | undefined, { clock }: Effects): number {
  const atMs = at === undefined ? clock.nowMs() : Date.parse(at);
  if (Number.isNaN(atMs))
    throw new WrongUse(`--at "${at}" is no date; write it like 2026-03-01 or 2026-03-01T12:00:00Z`);
  return atMs;
}

function readUsage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BurnrateError('USAGE_INVALID', { message: `--usage is no JSON: ${(cause as Error).message}`, cause });
  }
}

function priceText(report: PriceReport, width: number): string {
  const { provider, model, tier, at, lines, totalUsd, remedy } = report;
  const head = `${provider}/${model}, ${tier}, at ${at}`;
  if (totalUsd === null) return `${head}\nThe price is unknown. ${remedy ?? ''}`;
  const columns = [
    { title: 'bucket', flexible: true },
    { title: 'quantity', align: 'right' as const },
    { title: 'unit' },
    { title: 'USD per million', align: 'right' as const },
    { title: 'USD', align: 'right' as const },
  ];
  const rows = lines.map((line) => [
    line.bucket,
    String(line.quantity),
    line.unit,
    line.rateUsdPerMillion,
    line.costUsd,
  ]);
  return [head, table(columns, [...rows, ['total', '', '', '', totalUsd]], width)].join('\n');
}

export interface PricesOptions {
  readonly provider?: string;
  readonly config?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `burnrate prices [SEARCH]`: the price list as it is in force here. */
export async function prices(effects: Effects, search: string | undefined, options: PricesOptions): Promise<ExitCode> {
  const book = priceBookOf(await loadSettings(effects, options.config));
  const found = listPrices(book, { provider: options.provider, model: search });
  const shown = found.slice(0, options.limit);
  const data = { prices: shown, leftOut: found.length - shown.length };
  print(effects, options.json === true, data, () => pricesText(shown, data.leftOut, terminalWidth(effects)));
  return found.length === 0 ? exitCodes.checkFailed : exitCodes.fine;
}

function pricesText(prices: readonly PriceListing[], leftOut: number, width: number): string {
  if (prices.length === 0) return 'No price matches. Add one under `prices:` in burnrate.yaml.';
  const columns = [
    { title: 'provider', flexible: true },
    { title: 'model', flexible: true },
    { title: 'tier' },
    { title: 'above', align: 'right' as const },
    { title: 'USD per million', flexible: true },
    { title: 'from' },
  ];
  const rows = prices.map((listing) => [
    listing.provider,
    listing.model,
    listing.tier,
    listing.aboveInputTokens === 0 ? '' : String(listing.aboveInputTokens),
    Object.entries(listing.usdPerMillion)
      .map(([bucket, rate]) => `${bucket} ${rate}`)
      .join(', '),
    listing.from?.slice(0, 10) ?? '',
  ]);
  const more = leftOut > 0 ? [`${leftOut} more; narrow the search or raise --limit.`] : [];
  return [table(columns, rows, width), ...more].join('\n');
}
