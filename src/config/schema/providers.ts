import { z } from 'zod';
import {
  calendarSpan,
  count,
  decimalRate,
  duration,
  durationQuantity,
  factor,
  fraction,
  fractionQuantity,
  positiveCount,
  rate,
  usdQuantity,
} from '../fields.ts';
import { doc, fromEnvironment, named, paidDates, section, text } from './shapes.ts';

const limitsSchema = section({
  requests: doc(rate.exactOptional(), 'Requests the provider allows.', '500/m'),
  tokens: doc(rate.exactOptional(), 'Tokens, input and output together, the provider allows.', '200k/m'),
  inputTokens: doc(rate.exactOptional(), 'Input tokens the provider allows where it counts them apart.', '180k/m'),
  outputTokens: doc(rate.exactOptional(), 'Output tokens the provider allows where it counts them apart.', '20k/m'),
  concurrent: doc(positiveCount.exactOptional(), 'Requests in flight the provider allows.', 60),
});

export const failuresSchema = section({
  timeout: doc(fractionQuantity.exactOptional(), 'Share of attempts that time out.', 0.004),
  rateLimited: doc(fractionQuantity.exactOptional(), 'Share of attempts refused with 429.', 0.01),
  malformed: doc(fractionQuantity.exactOptional(), 'Share of answers that cannot be read.', 0.006),
  validation: doc(fractionQuantity.exactOptional(), 'Share of answers that fail their validation.', 0.02),
  network: doc(fractionQuantity.exactOptional(), 'Share of attempts lost on the way.', 0.001),
  upstreamError: doc(fractionQuantity.exactOptional(), 'Share of attempts answered with 5xx.', 0.002),
});

const throughputSchema = section({
  model: doc(text.exactOptional(), 'Model it was measured for; every model of the provider when absent.', 'llama-70b'),
  input: doc(positiveCount, 'Input tokens of the measured shape.', 1000),
  output: doc(positiveCount, 'Output tokens of the measured shape.', 1000),
  outputTokensPerSecond: doc(factor, 'Output tokens per second of the whole deployment at full load.', 4205),
});

const gpuSchema = section({
  hourlyUsd: doc(decimalRate, 'Price of one GPU for one hour, in US dollars.', 3.13),
  count: doc(positiveCount.prefault(1), 'GPUs the throughput was measured on.', 2),
  ...paidDates,
  spare: doc(fraction.prefault(0), 'Share kept idle as warm spare.', 0.3),
  utilisation: doc(
    fractionQuantity.exactOptional(),
    'Share of the rest that is really used; measured when absent.',
    0.4,
  ),
  throughput: doc(z.array(throughputSchema).min(1), 'Measured throughput by shape of the request.', [
    { input: 1000, output: 1000, outputTokensPerSecond: 4205 },
  ]),
});

const reservedSchema = section({
  monthlyUsd: doc(usdQuantity, 'Price of the reservation for one month, in US dollars.', 4000),
  ...paidDates,
  tokens: doc(rate.exactOptional(), 'Throughput it covers.', '300k/m'),
  commitment: doc(calendarSpan.exactOptional(), 'How long it is committed for.', '12 months'),
});

const breakerSchema = section({
  failures: doc(fraction.prefault(0.5), 'Share of failed attempts in the window that opens the breaker.', 0.5),
  minimum: doc(positiveCount.prefault(20), 'Attempts the window must hold before it can open.', 20),
  window: doc(duration.prefault('30s'), 'Window the share is measured over.', '30s'),
  open: doc(duration.prefault('15s'), 'How long it stays open before one attempt is tried.', '15s'),
});

const modelLimitsSchema = section({
  contextWindow: doc(positiveCount.exactOptional(), 'Largest input the model takes, in tokens.', '128k'),
  maxOutputTokens: doc(positiveCount.exactOptional(), 'Longest answer the model gives, in tokens.', '16k'),
});

const cancelLag = z.union([count, z.literal('end')]).meta({
  id: 'CancelLag',
  description: 'Tokens, or `end`.',
});

const providerObject = section({
  kind: doc(
    z.enum(['openai', 'anthropic', 'gemini', 'other']),
    'Wire format: how requests and usage are read. `other` is forwarded and priced per call only.',
    'openai',
  ),
  baseUrl: doc(
    z.url({ protocol: /^https?$/, error: 'an http or https URL' }).exactOptional(),
    "What the provider's own SDK takes: with `/v1` for kind openai, without a version for anthropic and gemini. " +
      'The vendor’s own address when absent; needed for kind other.',
    'http://127.0.0.1:8000/v1',
  ),
  apiKey: doc(
    text.exactOptional(),
    'Key sent upstream; take it from the environment.',
    fromEnvironment('OPENAI_API_KEY'),
  ),
  credentials: doc(
    z.enum(['server', 'client']).prefault('server'),
    "Whose key goes upstream: `server` sends `apiKey`, `client` passes the client's own through.",
    'server',
  ),
  headers: doc(z.record(z.string(), text).prefault({}), 'Further headers sent upstream.', {
    'openai-organization': 'org-1',
  }),
  timeout: doc(duration.exactOptional(), 'How long it may take to begin its answer.', '60s'),
  limits: doc(limitsSchema.exactOptional(), 'What the provider allows; headroom and the feedback loop use it.'),
  latency: doc(durationQuantity.exactOptional(), 'Time to the whole answer.', { p50: '1.8s', p99: '14s' }),
  firstToken: doc(durationQuantity.exactOptional(), 'Time to the first token.', { p50: '400ms', p99: '3s' }),
  perOutputToken: doc(durationQuantity.exactOptional(), 'Time for each output token after the first.', '20ms'),
  failures: doc(failuresSchema.exactOptional(), 'How often attempts fail, by class.'),
  cancelLag: doc(
    cancelLag.exactOptional(),
    'Output tokens generated but not yet read, or billed after a cancel; `end` when an answer is billed to its end. Learned when absent.',
    50,
  ),
  gpu: doc(gpuSchema.exactOptional(), 'Self-hosted: the price follows from GPU hours and throughput.'),
  reserved: doc(z.array(reservedSchema).exactOptional(), 'Reserved or provisioned throughput, as its own cost lines.'),
  breaker: doc(breakerSchema.exactOptional(), 'When attempts stop going out because they fail.'),
  models: doc(named(modelLimitsSchema).exactOptional(), 'Limits of models the price list does not know.', {
    'llama-70b': { contextWindow: '128k' },
  }),
});

type ProviderFields = z.output<typeof providerObject>;

/** The vendors' own addresses, as their SDKs take them. */
export const builtInBaseUrls: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com',
};

export interface Provider extends Omit<ProviderFields, 'baseUrl'> {
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

export const providerSchema = providerObject.transform(
  (fields): Provider => ({
    ...fields,
    baseUrl: (fields.baseUrl ?? builtInBaseUrls[fields.kind] ?? '').replace(/\/+$/, ''),
  }),
);

export type FailureRates = z.output<typeof failuresSchema>;
