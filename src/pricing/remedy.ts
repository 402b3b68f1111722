import type { Bucket } from '../tree/index.ts';
import type { PriceRequest } from './types.ts';
import { writtenKeys } from './written-rates.ts';

/** YAML quotes a name that its flow syntax would read otherwise. */
function yamlName(name: string): string {
  return /^[A-Za-z0-9][\w./-]*$/.test(name) ? name : JSON.stringify(name);
}

function entry(request: PriceRequest, rest: string): string {
  return `  - { provider: ${yamlName(request.provider)}, model: ${yamlName(request.model)}, ${rest} }`;
}

function writeUnderPrices(reason: string, line: string): string {
  return `${reason} Write under \`prices:\` in burnrate.yaml, with your own figures in the angle brackets:\n${line}`;
}

export function missingCardRemedy(request: PriceRequest): string {
  return writeUnderPrices(
    `No price is known for ${request.provider}/${request.model}.`,
    entry(request, 'inputPerMillion: <USD>, outputPerMillion: <USD>'),
  );
}

export function missingTierRemedy(request: PriceRequest): string {
  return writeUnderPrices(
    `No price is known for the ${request.tier} tier of ${request.provider}/${request.model}.`,
    entry(request, `tiers: { ${yamlName(request.tier)}: { multiply: <factor> } }`),
  );
}

export function missingBucketRemedy(request: PriceRequest, bucket: Bucket): string {
  const stated = `${writtenKeys[bucket]}: <USD>`;
  const whole = `tiers: { ${yamlName(request.tier)}: { inputPerMillion: <USD>, outputPerMillion: <USD>, ${stated} } }`;
  return writeUnderPrices(
    `${request.provider}/${request.model} has no ${bucket} price${request.tier === 'standard' ? '' : ` in the ${request.tier} tier`}.`,
    entry(request, request.tier === 'standard' ? stated : whole),
  );
}
