import { resolve } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import {
  type Forecast,
  forecast,
  forecastText,
  measuredNotes,
  renderForecastHtml,
  reportForecast,
} from '../forecast/index.ts';
import type { InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadModel } from './forecast-model.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface ForecastVerbOptions extends InstanceOptions {
  readonly months?: number;
  readonly trials?: number;
  readonly seed?: number;
  readonly stress?: readonly string[];
  readonly html?: string;
  readonly json?: boolean;
}

/** Seeds are whole numbers of 32 bits. */
const seedMax = 4_294_967_296;

/** `burnrate forecast`: what the file will cost. It needs a running instance only for numbers that are `measured`. */
export async function forecastVerb(effects: Effects, options: ForecastVerbOptions): Promise<ExitCode> {
  const { months } = options;
  const loaded = await loadModel(effects, options, months === undefined ? {} : { months });
  const settings = loaded.config.forecast;
  const seed = options.seed ?? settings.seed ?? Math.floor(effects.random.next() * seedMax);
  const bar = progressBar(effects, options.json === true);
  const result: Forecast = forecast(loaded.model, {
    trials: options.trials ?? settings.trials,
    seed,
    onProgress: bar.show,
    ...(options.stress ? { stresses: options.stress } : {}),
  });
  bar.stop();
  const report = reportForecast(result, loaded.rebuild, measuredNotes(loaded.measured));
  if (options.html !== undefined) {
    const path = resolve(effects.workingFolder, options.html);
    await effects.writeText(path, await renderForecastHtml(report));
    effects.stderr.write(`wrote ${path}\n`);
  }
  const width = terminalWidth(effects);
  print(effects, options.json === true, report, () =>
    forecastText(report, (columns, rows) => table(columns, rows, width)),
  );
  return exitCodes.fine;
}

/** A bar on a terminal; silence elsewhere and with --json. */
function progressBar(effects: Effects, quiet: boolean): { show(done: number, of: number): void; stop(): void } {
  if (quiet || !effects.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} futures', stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    show(done, of) {
      bar.setTotal(of);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
