import type { Config, ConfigEdit } from '../config/index.ts';
import { type CalibrationRow, type Measures, measure, type Proposal, proposeEdits } from '../forecast/index.ts';
import type { TraceFormat } from '../pilot/index.ts';
import type { InstanceOptions } from './api-client.ts';
import { ledgerRows, traceRows } from './calibration-sources.ts';
import { changeFile, changeLines, type FileChange } from './change-file.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { configFile, loadWithoutSecrets } from './load-settings.ts';
import { print } from './output.ts';
import { withProgressBar } from './progress-bar.ts';
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
  const file = configFile(effects, options.config);
  if (file === null) throw new WrongUse('there is no burnrate.yaml to calibrate; name one with --config');
  const { config } = await loadWithoutSecrets(effects, file);
  const target = targetOf(config, options);
  const { rows, notes } = await withProgressBar(
    effects,
    { json: options.json, format: '{bar} {percentage}%' },
    (show) => {
      const reading = { ...options, onProgress: (share: number) => show(Math.min(1, share), 1) };
      return trace === undefined ? ledgerRows(effects, { ...reading, ...target }) : traceRows(effects, trace, reading);
    },
  );
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
  const { hourly: _, ...figures } = measures;
  const change = await changeFile(
    effects,
    file,
    proposal.changes.map(({ edit }) => edit),
    options.write === true,
  );
  const data = { source, target, measures: figures, ...proposal, ...change };
  print(effects, options.json === true, data, () => text(source, target, measures, proposal, change));
  return exitCodes.fine;
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

function text(source: string, target: Target, measures: Measures, proposal: Proposal, change: FileChange): string {
  const { calls, arrivals, sessions } = measures;
  const inSessions = sessions ? ` in ${sessions.sessions} sessions` : '';
  return [
    `${calls} calls${inSessions} over ${arrivals.days.toFixed(1)} days from ${source}, for ${target.workflow}.${target.stage}`,
    '95 % intervals in brackets.',
    '',
    ...proposal.changes.map(({ edit, count, evidence }) => `${keyOf(edit)}: ${evidence}; ${count} observations`),
    ...proposal.notes.map((note) => `note: ${note}`),
    '',
    ...changeLines(change, ''),
  ].join('\n');
}

const keyOf = ({ path }: ConfigEdit): string => path.slice(2).join('.');
