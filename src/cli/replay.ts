import { Presets, SingleBar } from 'cli-progress';
import {
  type ReplayOptions,
  type ReplayProgress,
  type ReplaySummary,
  replayTrace,
  type TraceFormat,
} from '../pilot/index.ts';
import { type InstanceOptions, instanceUrl } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';

export interface ReplayVerbOptions extends InstanceOptions {
  readonly format: TraceFormat | 'auto';
  readonly speed: number;
  readonly kind: 'openai' | 'anthropic' | 'gemini';
  readonly model?: string;
  readonly key?: string;
  readonly streamShare: number;
  readonly concurrency: number;
  readonly limit?: number;
  readonly workflow?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

const basePaths = { openai: '/v1', anthropic: '/anthropic', gemini: '/gemini' } as const;

/** `burnrate replay`: sends a recorded trace through a running instance. Exit 1 when a record failed or it was stopped. */
export async function replay(effects: Effects, trace: string, options: ReplayVerbOptions): Promise<ExitCode> {
  const target = `${await instanceUrl(effects, options)}${basePaths[options.kind]}`;
  const bar = progressBar(effects, options.json === true);
  const summary = await replayTrace({
    ...replayOptions(effects, options),
    source: trace,
    target,
    onProgress: bar.show,
  });
  bar.stop();
  print(effects, options.json === true, summary, () => summaryText(summary));
  return summary.failed > 0 || summary.aborted ? exitCodes.checkFailed : exitCodes.fine;
}

function replayOptions(effects: Effects, options: ReplayVerbOptions): Omit<ReplayOptions, 'source' | 'target'> {
  const { format, speed, kind, model, key, streamShare, concurrency, limit, workflow, stage } = options;
  const attribution = { ...(workflow === undefined ? {} : { workflow }), ...(stage === undefined ? {} : { stage }) };
  return {
    format,
    speed,
    kind,
    streamShare,
    concurrency,
    attribution,
    ...(model === undefined ? {} : { model }),
    ...(key === undefined ? {} : { apiKey: key }),
    ...(limit === undefined ? {} : { limit }),
    clock: effects.clock,
    random: effects.random,
    signal: effects.stop,
  };
}

/** A bar on a terminal, by bytes of the trace read; silence elsewhere and with --json. */
function progressBar(effects: Effects, quiet: boolean): { show(progress: ReplayProgress): void; stop(): void } {
  if (quiet || !effects.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const format = '{bar} {percentage}% | {completed} answered, {failed} failed, {inFlight} in flight | late {late} s';
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(1, 0, { completed: 0, failed: 0, inFlight: 0, late: '0.0' });
  return {
    show({ bytesRead, bytesTotal, completed, failed, inFlight, lagMs }) {
      bar.setTotal(Math.max(1, bytesTotal));
      bar.update(bytesRead, { completed, failed, inFlight, late: (lagMs / 1_000).toFixed(1) });
    },
    stop: () => bar.stop(),
  };
}

function summaryText(summary: ReplaySummary): string {
  const { records, completed, failed, failures, retries, tokensAsked, tokensReceived, latencyMs, wallMs } = summary;
  const kinds = Object.entries(failures).map(([kind, count]) => `${kind} ${count}`);
  return [
    `${records} records (${summary.format}) in ${(wallMs / 1_000).toFixed(1)} s: ${completed} answered, ${failed} failed, ${retries} sent again`,
    ...(kinds.length > 0 ? [`failures: ${kinds.join(', ')}`] : []),
    `tokens asked:    ${tokensAsked.input} in, ${tokensAsked.output} out`,
    `tokens reported: ${tokensReceived.input} in, ${tokensReceived.output} out`,
    `latency: p50 ${Math.round(latencyMs.p50)} ms, p99 ${Math.round(latencyMs.p99)} ms`,
    ...(summary.aborted ? ['Stopped before the end.'] : []),
  ].join('\n');
}
