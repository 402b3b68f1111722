import { resolve } from 'node:path';
import { BurnrateError } from '../base/index.ts';
import { parseConfig } from '../config/index.ts';
import { changeMarkdown, changeText, checkChange, type ForecastModel } from '../forecast/index.ts';
import type { InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { compileFile } from './forecast-model.ts';
import { configFile } from './load-settings.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface CheckVerbOptions extends InstanceOptions {
  /** A file, or what version control calls an earlier state of the same file. */
  readonly base: string;
  /** Share, like 0.05. */
  readonly maxIncrease?: number;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** `burnrate check`: cost per outcome before and after a change of the file. Exit 1 when it rises too much. */
export async function check(effects: Effects, options: CheckVerbOptions): Promise<ExitCode> {
  const file = configFile(effects, options.config);
  if (file === null) throw new BurnrateError('CONFIG_UNREADABLE', { message: 'there is no burnrate.yaml here' });
  const changed = await modelOf(effects, await read(effects, file), file, options);
  const base = await modelOf(effects, await readBase(effects, options.base, file), options.base, options);
  const report = checkChange(base, changed, options.maxIncrease ?? null);
  const width = terminalWidth(effects);
  print(effects, options.json === true, report, () =>
    options.markdown === true
      ? changeMarkdown(report)
      : changeText(report, (columns, rows) => table(columns, rows, width)),
  );
  return report.ok ? exitCodes.fine : exitCodes.checkFailed;
}

async function modelOf(effects: Effects, text: string, name: string, from: InstanceOptions): Promise<ForecastModel> {
  const config = parseConfig(text, { file: name, environment: withoutSecrets(text, effects.environment) });
  const { model } = await compileFile(effects, { config, text, name }, from, { months: 1 });
  return model;
}

async function read(effects: Effects, path: string): Promise<string> {
  return effects.readText(path).catch((cause: unknown) => {
    throw new BurnrateError('CONFIG_UNREADABLE', { message: `cannot read ${path}`, cause });
  });
}

/** The base as a file where there is one, else the same file as version control has it at that state. */
async function readBase(effects: Effects, base: string, file: string): Promise<string> {
  const path = resolve(effects.workingFolder, base);
  const text = await effects.readText(path).catch(() => null);
  return text ?? (await effects.readCommitted(base, file));
}
