import type { AdviceAnswer, RecommendationAnswer } from '../api/index.ts';
import { BurnrateError } from '../base/index.ts';
import { apiClient, type InstanceOptions } from './api-client.ts';
import { changeFile, changeLines, type FileChange } from './change-file.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { configFile } from './load-settings.ts';
import { print } from './output.ts';
import { rangeOf } from './report-range.ts';
import { dollars } from './shown.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

export interface AdviceOptions extends InstanceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export async function listAdvice(effects: Effects, options: AdviceOptions): Promise<ExitCode> {
  const answer = await askAdvice(effects, options);
  print(effects, options.json === true, answer, () => adviceText(answer, terminalWidth(effects)));
  return exitCodes.fine;
}

export interface AcceptOptions extends AdviceOptions {
  readonly write?: boolean;
}

/** `burnrate advice accept ID`: the exact change of the file that follows a recommendation, and the change made with --write. */
export async function acceptAdvice(effects: Effects, id: string, options: AcceptOptions): Promise<ExitCode> {
  const file = configFile(effects, options.config);
  if (file === null) throw new WrongUse('there is no burnrate.yaml here; name the file to change with --config');
  const { recommendations } = await askAdvice(effects, options);
  const found = recommendations.find((each) => each.id === id);
  if (!found) throw new BurnrateError('not_found', { message: `nothing of that range advises "${id}"` });
  const change = await changeFile(effects, file, [found.change], options.write === true);
  print(effects, options.json === true, { recommendation: found, ...change }, () => acceptedText(found, change));
  return exitCodes.fine;
}

async function askAdvice(effects: Effects, options: AdviceOptions): Promise<AdviceAnswer> {
  const client = await apiClient(effects, options);
  return client.get<AdviceAnswer>('/api/recommendations', rangeOf(options));
}

const expected = ({ evidence }: RecommendationAnswer) => `${dollars(evidence.lowUsd)} to ${dollars(evidence.highUsd)}`;

function acceptedText(found: RecommendationAnswer, change: FileChange): string {
  return [
    `${found.lever} in ${found.workflow}.${found.stage}: a range as long again is expected to save ${expected(found)}.`,
    found.risk,
    '',
    ...changeLines(change, '; restart to act on it'),
  ].join('\n');
}

function adviceText({ range, simulated, recommendations }: AdviceAnswer, width: number): string {
  const head = `${range.from} to ${range.to}${simulated ? ', SIMULATED traffic in it' : ''}`;
  if (recommendations.length === 0) return `${head}\nNothing is sure to save money.`;
  // The id stays whole: `advice accept` asks for it.
  const columns = ['what', 'where', 'saved', 'expected, 90 %', 'id'].map((title) => ({
    title,
    flexible: title === 'what' || title === 'where',
  }));
  const rows = recommendations.map((each) => [
    each.lever,
    `${each.workflow}.${each.stage}`,
    dollars(each.evidence.savingUsd),
    expected(each),
    each.id,
  ]);
  return [head, table(columns, rows, width)].join('\n');
}
