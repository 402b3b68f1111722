import { readFile, writeFile } from 'node:fs/promises';
import { idSource, seededRandom } from '../../src/base/index.ts';
import { type Effects, runCli } from '../../src/cli/index.ts';
import type { ApiRig } from './api-over-ledger.ts';

export interface AdvisedChange {
  readonly id: string;
  readonly lever: string;
  readonly workflow: string;
  readonly stage: string;
  readonly evidence: {
    readonly savingUsd: string;
    readonly lowUsd: string;
    readonly highUsd: string;
    readonly share: { readonly estimate: number; readonly low: number; readonly high: number };
  };
}

/** The command line over an instance that is asked without a network, on a real file. */
export function adviceVerbs(rig: ApiRig, file: string, range: { readonly fromMs: number; readonly toMs: number }) {
  const run = async <Answer>(words: readonly string[]): Promise<Answer> => {
    let [out, err] = ['', ''];
    const effects = {
      stdout: {
        write(text: string) {
          out += text;
        },
      },
      stderr: {
        write(text: string) {
          err += text;
        },
      },
      ...{
        environment: { BURNRATE_URL: 'http://127.0.0.1:4700' },
        workingFolder: '/',
        version: '1',
        nodeVersion: '20',
      },
      ...{ clock: rig.clock, random: seededRandom(1), ids: idSource(rig.clock), exists: () => true },
      readText: (path: string) => readFile(path, 'utf8'),
      writeText: (path: string, text: string) => writeFile(path, text),
      fetch: (url: string, init?: RequestInit) => rig.fetch(url.replace('http://127.0.0.1:4700', ''), init),
    } as unknown as Effects;
    const times = ['--from', new Date(range.fromMs).toISOString(), '--to', new Date(range.toMs).toISOString()];
    const code = await runCli(['advice', ...words, '--config', file, '--json', ...times], effects);
    if (code !== 0) throw new Error(`burnrate advice ${words.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out) as Answer;
  };
  return {
    list: async () => (await run<{ recommendations: readonly AdvisedChange[] }>(['list'])).recommendations,
    accept: (id: string) => run<{ diff: string; written: boolean }>(['accept', id, '--write']),
  };
}
