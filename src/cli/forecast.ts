import { resolve } from 'node:path';
import { forecast, forecastText, measuredNotes, renderForecastHtml, reportForecast } from '../forecast/index.ts';
import type { InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadModel, newSeed } from './forecast-model.ts';
import { print } from './output.ts';
import { withProgressBar } from './progress-bar.ts';
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

/** `burnrate forecast`: what the file will cost. It needs a running instance only for numbers that are `measured`. */
export async function forecastVerb(effects: Effects, options: ForecastVerbOptions): Promise<ExitCode> {
  const { months } = options;
  const loaded = await loadModel(effects, options, months === undefined ? {} : { months });
  const settings = loaded.config.forecast;
  const seed = options.seed ?? settings.seed ?? newSeed(effects);
  const bar = { json: options.json, format: '{bar} {value}/{total} futures' };
  const result = await withProgressBar(effects, bar, (show) =>
    forecast(loaded.model, {
      trials: options.trials ?? settings.trials,
      seed,
      onProgress: show,
      ...(options.stress ? { stresses: options.stress } : {}),
    }),
  );
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
