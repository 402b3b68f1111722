import { createHash, randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const secretChars = 40;

export const secretPrefix = 'br_';
export const userTokenPrefix = 'bru_';

/** A new secret: its prefix and 40 characters of 5 random bits each. */
export function newSecret(prefix: string): string {
  const bytes = randomFillSync(new Uint8Array(secretChars));
  let text = prefix;
  for (const byte of bytes) text += alphabet[byte & 31];
  return text;
}

/** What is stored and looked up in place of a secret. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
