import { z } from 'zod';
import { count, dateText, decimalRate } from '../fields.ts';
import { doc, named, section, text } from './shapes.ts';

const perMillion = (what: string, example: number): z.ZodExactOptional<typeof decimalRate> =>
  doc(decimalRate.exactOptional(), `${what}, US dollars per million tokens.`, example);

/** The rates a price may state. An absent rate falls back to the one its kind of token is otherwise billed at. */
const rates = {
  inputPerMillion: perMillion('Input tokens not read from a cache', 1.25),
  cacheReadPerMillion: perMillion('Input tokens read from the provider’s cache', 0.125),
  cacheWrite5mPerMillion: perMillion('Input tokens written to a cache for five minutes', 1.5625),
  cacheWrite1hPerMillion: perMillion('Input tokens written to a cache for one hour', 2.5),
  outputPerMillion: perMillion('Output tokens', 10),
  reasoningPerMillion: perMillion('Hidden reasoning tokens', 10),
  audioInputPerMillion: perMillion('Audio input tokens', 40),
  audioCacheReadPerMillion: perMillion('Audio input tokens read from the provider’s cache', 2.5),
  audioOutputPerMillion: perMillion('Audio output tokens', 80),
  imageInputPerMillion: perMillion('Image input tokens', 10),
  imageCacheReadPerMillion: perMillion('Image input tokens read from the provider’s cache', 1),
  imageOutputPerMillion: perMillion('Image output tokens', 40),
  videoInputPerMillion: perMillion('Video input tokens', 1),
  perAudioMinute: doc(decimalRate.exactOptional(), 'Each minute of audio, US dollars.', 0.006),
  perFileSearch: doc(decimalRate.exactOptional(), 'Each search in hosted files, US dollars.', 0.0025),
  perImage: doc(decimalRate.exactOptional(), 'Each image made, US dollars.', 0.04),
  perCall: doc(decimalRate.exactOptional(), 'Each call, US dollars. `0` says the call is free.', 0),
  perToolCall: doc(decimalRate.exactOptional(), 'Each tool call the provider runs, US dollars.', 0.01),
};

const aboveSchema = section({
  inputTokens: doc(count, 'Once the whole input exceeds this, the whole request has the rates below.', 272000),
  ...rates,
});
const above = doc(z.array(aboveSchema).exactOptional(), 'Prices of long requests.', [
  { inputTokens: 272000, inputPerMillion: 2.5, outputPerMillion: 15 },
]);
const multiply = doc(decimalRate.exactOptional(), 'Factor on the standard rates.', 0.5);
const tierSchema = section({ multiply, ...rates, above });

export const priceSchema = section({
  provider: doc(text, 'Provider the price holds at.', 'openai'),
  model: doc(
    text,
    'Model as the provider’s answer names it, or a beginning of it and `*`; the longest match wins.',
    'my-contract-model',
  ),
  from: doc(dateText.exactOptional(), 'First day it holds; `2026-01-01` is midnight UTC.', '2026-01-01'),
  until: doc(dateText.exactOptional(), 'First day it no longer holds.', '2027-01-01'),
  contextWindow: doc(count.exactOptional(), 'Largest input the model takes, tokens.', '400k'),
  ...rates,
  above,
  tiers: doc(named(tierSchema).exactOptional(), 'Prices of service tiers: batch, flex, priority.', {
    flex: { inputPerMillion: 0.625, outputPerMillion: 5 },
    batch: { multiply: 0.5 },
  }),
});
