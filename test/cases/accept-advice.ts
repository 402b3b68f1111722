import { fakeTerminal } from '../fakes/fake-terminal.ts';
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
    const terminal = fakeTerminal({
      ...{ environment: { BURNRATE_URL: 'http://127.0.0.1:4700' }, clock: rig.clock },
      answer: ({ method, url, headers, body }) =>
        rig.fetch(url.pathname + url.search, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    });
    const times = ['--from', new Date(range.fromMs).toISOString(), '--to', new Date(range.toMs).toISOString()];
    const code = await terminal.run('advice', ...words, '--config', file, '--json', ...times);
    if (code !== 0) throw new Error(`burnrate advice ${words.join(' ')} ended with ${code}: ${terminal.err}`);
    return JSON.parse(terminal.out) as Answer;
  };
  return {
    list: async () => (await run<{ recommendations: readonly AdvisedChange[] }>(['list'])).recommendations,
    accept: (id: string) => run<{ diff: string; written: boolean }>(['accept', id, '--write']),
  };
}
