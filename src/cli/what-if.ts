import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { WhatIfAnswer } from '../api/index.ts';
import { BurnrateError } from '../base/index.ts';
import { apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { rangeOf } from './report-range.ts';
import { dollars } from './shown.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface WhatIfOptions extends InstanceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `burnrate whatif POLICY.yaml`: recorded history priced under another policy. */
export async function whatIf(effects: Effects, file: string, options: WhatIfOptions): Promise<ExitCode> {
  const policy = await readPolicy(effects, file);
  const client = await apiClient(effects, options);
  const request = { policy, ...Object.fromEntries(rangeOf(options)) };
  const answer = await client.send<WhatIfAnswer>('POST', '/api/whatif', request);
  print(effects, options.json === true, answer, () => whatIfText(answer, terminalWidth(effects)));
  return exitCodes.fine;
}

async function readPolicy(effects: Effects, file: string): Promise<unknown> {
  const path = resolve(effects.workingFolder, file);
  const text = await effects.readText(path).catch((cause: unknown) => {
    throw new BurnrateError('CONFIG_UNREADABLE', { message: `cannot read ${path}`, cause });
  });
  try {
    return parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BurnrateError('CONFIG_INVALID', { message: `${path} is not YAML: ${reason}`, cause });
  }
}

const effectNames: Readonly<Record<string, string>> = {
  cacheHits: 'calls answered from the cache',
  retriesDropped: 'retries not sent',
  answersLost: 'of them retries that had succeeded',
  inputsTrimmed: 'attempts with a shorter input',
  outputsCut: 'answers cut short',
  modelsSwapped: 'attempts by another model',
  tiersSwapped: 'attempts at another tier',
  prefixHits: 'attempts with a cached beginning',
  unpriced: 'attempts left as they were: no price',
};

function whatIfText(answer: WhatIfAnswer, width: number): string {
  const money = table(
    [
      { title: `${answer.range.from} to ${answer.range.to}`, flexible: true },
      { title: 'USD', align: 'right' },
    ],
    [
      ['recorded', dollars(answer.recordedUsd)],
      ['would have cost', dollars(answer.wouldUsd)],
      ['saving', dollars(answer.savingUsd)],
      ['saving of a range as long again, 90 %', `${dollars(answer.lowUsd)} to ${dollars(answer.highUsd)}`],
    ],
    width,
  );
  const happened = Object.entries(answer.effects).filter(([, count]) => count > 0);
  const effects = happened.map(([name, count]) => `${count.toLocaleString('en')} ${effectNames[name] ?? name}`);
  const basis = `From ${answer.attempts.toLocaleString('en')} attempts of ${answer.runs.toLocaleString('en')} runs${sampleNote(answer)}. Quality is not judged.`;
  return [money, [...effects, basis].join('\n')].join('\n\n');
}

function sampleNote({ attempts, ofAttempts }: WhatIfAnswer): string {
  return ofAttempts > attempts
    ? `, a sample of ${ofAttempts.toLocaleString('en')} from which dollars are estimated`
    : '';
}
