import type { Config } from '../config/index.ts';
import type { Forecaster } from '../economics/index.ts';
import { changedInputs, type ForecastReason } from '../forecast/index.ts';
import type { SchedulerLog, Task } from './run-tasks.ts';

const everyMs = 10 * 60_000;
const madeBy = 'scheduler';

export interface ForecastTaskOptions {
  readonly config: Pick<Config, 'workflows'>;
  readonly forecasts: Forecaster;
  readonly log: SchedulerLog;
}

/**
 * Forecasts anew when what the forecast in force was made from has changed: the file, a price, a model, a release, what
 * the ledger can tell, the version that computes, or the month. Unchanged inputs make no new version.
 */
export function forecastTask({ config, forecasts, log }: ForecastTaskOptions): Task {
  return {
    name: 'forecast',
    everyMs,
    async run() {
      if (Object.keys(config.workflows).length === 0) return;
      const now = await forecasts.inputs();
      if (!now.ok) return log('info', 'forecast_impossible', { problems: now.problems });
      const last = await forecasts.archive.latest();
      const reasons: ForecastReason[] = last ? changedInputs(last.inputs, now.inputs) : ['first'];
      if (reasons.length === 0) return;
      // The same draws as before, so that versions differ by what changed and not by chance.
      const request = last ? { seed: last.report.seed } : {};
      const made = await forecasts.make(request, { madeBy, automatic: true, reasons });
      if (made.ok) log('info', 'forecast_made', { forecast: made.forecast.id, reasons });
    },
  };
}
