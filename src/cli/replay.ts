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
import { type Show, withProgressBar } from './progress-bar.ts';

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
  const summary = await withProgressBar(effects, { json: options.json, format }, (show) =>
    replayTrace({ ...replayOptions(effects, options), source: trace, target, onProgress: shownBy(show) }),
  );
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

const format = '{bar} {percentage}% | {completed} answered, {failed} failed, {inFlight} in flight | late {late} s';

/** By bytes of the trace read. */
function shownBy(show: Show): (progress: ReplayProgress) => void {
  return ({ bytesRead, bytesTotal, completed, failed, inFlight, lagMs }) =>
    show(bytesRead, bytesTotal, { completed, failed, inFlight, late: (lagMs / 1_000).toFixed(1) });
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
