import type { IncomingHttpHeaders } from 'node:http';
import { type Controls, RefusedRequest } from './generation.ts';
import { type FaultKind, faultKinds } from './scenario.ts';

const none: Controls = {
  outputTokens: null,
  reasoningTokens: null,
  latencyMs: null,
  chunkMs: null,
  error: null,
  tools: null,
  encoding: null,
};

/**
 * Reads the `emulator-…` request headers.
 * @throws RefusedRequest for a value that means nothing, so that a test with a typing error fails
 */
export function controlsOf(headers: IncomingHttpHeaders): Controls {
  const controls: { -readonly [key in keyof Controls]: Controls[key] } = { ...none };
  controls.outputTokens = numberOf(headers, 'emulator-output-tokens');
  controls.reasoningTokens = numberOf(headers, 'emulator-reasoning-tokens');
  controls.latencyMs = numberOf(headers, 'emulator-latency-ms');
  controls.chunkMs = numberOf(headers, 'emulator-chunk-ms');
  controls.error = wordOf<FaultKind>(headers, 'emulator-error', faultKinds);
  controls.tools = wordOf(headers, 'emulator-tools', ['call', 'none'] as const);
  controls.encoding = wordOf(headers, 'emulator-encoding', ['gzip', 'br'] as const);
  return controls;
}

function numberOf(headers: IncomingHttpHeaders, name: string): number | null {
  const text = headers[name];
  if (text === undefined) return null;
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new RefusedRequest(`header ${name} must be a number of at least 0, not ${String(text)}`, name);
}

function wordOf<Word extends string>(headers: IncomingHttpHeaders, name: string, words: readonly Word[]): Word | null {
  const text = headers[name];
  if (text === undefined) return null;
  const word = words.find((candidate) => candidate === text);
  if (word) return word;
  throw new RefusedRequest(`header ${name} must be one of ${words.join(', ')}, not ${String(text)}`, name);
}
