import { Presets, SingleBar } from 'cli-progress';
import { BurnrateError } from '../base/index.ts';
import { type Config, type ConfigEdit, checkConfig, editConfig, formatProblem } from '../config/index.ts';
import { type CalibrationRow, type Measures, measure, type Proposal, proposeEdits } from '../forecast/index.ts';
import type { TraceFormat } from '../pilot/index.ts';
import type { InstanceOptions } from './api-client.ts';
import { ledgerRows, traceRows } from './calibration-sources.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { configFile, loadSettings } from './load-settings.ts';
import { print } from './output.ts';
import { unifiedDiff } from './unified-diff.ts';
import { WrongUse } from './wrong-use.ts';

export interface CalibrateVerbOptions extends InstanceOptions {
  readonly format: TraceFormat | 'auto';
  readonly from?: string;
  readonly to?: string;
  readonly workflow?: string;
  readonly stage?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

export interface Target {
  readonly workflow: string;
  readonly stage: string;
}

/** `burnrate calibrate`: what a trace or the ledger says of the file's numbers, as a change of the file to review. */
export async function calibrate(
  effects: Effects,
  trace: string | undefined,
  options: CalibrateVerbOptions,
): Promise<ExitCode> {
  const config = await loadSettings(effects, options.config);
  const file = configFile(effects, options.config);
  if (file === null) throw new WrongUse('there is no burnrate.yaml to calibrate; name one with --config');
  const target = targetOf(config, options);
  const bar = progressBar(effects, options.json === true);
  const { rows, notes } = await (trace === undefined
    ? ledgerRows(effects, { ...options, ...target, onProgress: bar.show })
    : traceRows(effects, trace, { ...options, onProgress: bar.show }));
  bar.stop();
  return proposed(effects, { config, file, target, rows, notes, source: trace ?? 'the ledger', options });
}

interface Calibration {
  readonly config: Config;
  readonly file: string;
  readonly target: Target;
  readonly rows: readonly CalibrationRow[];
  readonly notes: readonly string[];
  readonly source: string;
  readonly options: CalibrateVerbOptions;
}

async function proposed(
  effects: Effects,
  { config, file, target, rows, notes, source, options }: Calibration,
): Promise<ExitCode> {
  const measures = measure(rows, { timeZone: config.timeZone });
  const edits = proposeEdits(config, target, measures);
  const proposal = { ...edits, notes: [...notes, ...edits.notes] };
  const before = await effects.readText(file);
  const after = editConfig(
    before,
    proposal.changes.map(({ edit }) => edit),
  );
  checkEdited(effects, after, file);
  if (options.write === true && after !== before) await effects.writeText(file, after);
  const { hourly: _, ...figures } = measures;
  const diff = unifiedDiff(before, after, file);
  const data = { source, target, measures: figures, ...proposal, diff, written: options.write === true };
  print(effects, options.json === true, data, () =>
    text(source, target, measures, proposal, diff, options.write === true),
  );
  return exitCodes.fine;
}

/** A change that the loader would refuse is a defect here or a file at its limits; it is never written. */
function checkEdited(effects: Effects, after: string, file: string): void {
  const result = checkConfig(after, { file, environment: effects.environment });
  if (result.ok) return;
  const [first] = result.problems;
  const problem = first ? formatProblem(first) : 'unknown';
  throw new BurnrateError('CONFIG_INVALID', { message: `what was measured does not fit the file: ${problem}` });
}

/** The workflow and stage meant: those named, or the only ones there are. */
function targetOf(config: Config, { workflow, stage }: CalibrateVerbOptions): Target {
  const workflowName = only('workflow', Object.keys(config.workflows), workflow);
  const stages = Object.entries(config.workflows[workflowName]?.stages ?? {});
  const models = stages.filter(([, each]) => each.work.kind === 'model').map(([name]) => name);
  return { workflow: workflowName, stage: only('stage', models, stage) };
}

function only(what: string, names: readonly string[], named: string | undefined): string {
  const [first, ...others] = names;
  if (named !== undefined && names.includes(named)) return named;
  if (named === undefined && first !== undefined && others.length === 0) return first;
  if (first === undefined) throw new WrongUse(`the file has no ${what} to calibrate`);
  throw new WrongUse(`name the ${what} with --${what}; the file has ${names.join(', ')}`);
}

/** A bar on a terminal, by share read; silence elsewhere and with --json. */
function progressBar(effects: Effects, quiet: boolean): { show(share: number): void; stop(): void } {
  if (quiet || !effects.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { format: '{bar} {percentage}%', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return { show: (share) => bar.update(Math.min(1, share)), stop: () => bar.stop() };
}

function text(
  source: string,
  target: Target,
  measures: Measures,
  proposal: Proposal,
  diff: string,
  written: boolean,
): string {
  const { calls, arrivals, sessions } = measures;
  const inSessions = sessions ? ` in ${sessions.sessions} sessions` : '';
  return [
    `${calls} calls${inSessions} over ${arrivals.days.toFixed(1)} days from ${source}, for ${target.workflow}.${target.stage}`,
    '95 % intervals in brackets.',
    '',
    ...proposal.changes.map(({ edit, count, evidence }) => `${keyOf(edit)}: ${evidence}; ${count} observations`),
    ...proposal.notes.map((note) => `note: ${note}`),
    '',
    ...(diff === '' ? ['The file says so already.'] : [diff]),
    ...(diff === '' ? [] : ['', written ? 'Written.' : 'Nothing was written; --write applies the change.']),
  ].join('\n');
}

const keyOf = ({ path }: ConfigEdit): string => path.slice(2).join('.');
