import { hash } from 'node:crypto';
import { estimateTextTokens } from '../../pricing/index.ts';
import type { PartTokens } from '../../tree/index.ts';
import type { Exchange, PromptFacts, Stage } from '../exchange.ts';
import { limits } from '../limits.ts';
import type { PromptPiece } from '../protocols/protocol.ts';

/** Characters kept of a hash: 128 bits for a request, 64 for a prefix. */
const fingerprintHex = 32;
const prefixHex = 16;
/** The first blocks end every 1,024 bytes, later ones every 4,096, so that long prompts stay cheap. */
const smallBlockBytes = 1_024;
const largeBlockBytes = 4_096;
const smallBlocks = 16;

/**
 * BLAKE2b with the secret as prefix; unlike SHA-2 it cannot be extended, so this is a sound keyed hash. The one-shot
 * form costs no native object per request.
 */
const keyedHash = (secret: Buffer, ...parts: readonly Uint8Array[]): string =>
  hash('blake2b512', Buffer.concat([secret, ...parts]), 'hex');

/** Hashes the request and sizes its prompt. No text leaves this stage. */
export function promptFacts(secret: Buffer): Stage {
  return (exchange) => {
    const { operation, json, clear } = exchange.understanding;
    const pieces = json && operation.name !== 'other' ? exchange.route.protocol.promptOf(operation, json) : [];
    const sized = sizePieces(pieces, secret);
    const unreadTokens = operation.billing === 'metered' ? estimateTextTokens(clear.length) : 0;
    exchange.prompt = {
      fingerprint: fingerprintOf(exchange, secret),
      prefixHashes: sized.prefixHashes,
      partTokens: pieces.length === 0 ? null : sized.parts,
      inputTokens: pieces.length === 0 ? unreadTokens : sumParts(sized.parts),
    };
  };
}

/** Equal for equal requests: method, provider, path, model and the body in clear. */
function fingerprintOf(exchange: Exchange, secret: Buffer): string {
  const { route, req, understanding } = exchange;
  const head = JSON.stringify([req.method, route.provider.name, route.path, understanding.facts.model]);
  return keyedHash(secret, Buffer.from(head), understanding.clear).slice(0, fingerprintHex);
}

interface SizedPrompt {
  readonly parts: PartTokens;
  readonly prefixHashes: readonly string[];
}

function sizePieces(pieces: readonly PromptPiece[], secret: Buffer): SizedPrompt {
  const bytes = { system: 0, history: 0, retrieval: 0, question: 0, tools: 0 };
  const flat = { ...bytes };
  const prefixes = new PrefixHasher(secret);
  for (const piece of pieces) {
    const text = Buffer.from(piece.text);
    if (piece.tokens === undefined) bytes[piece.part] += text.length;
    else flat[piece.part] += piece.tokens;
    // The marks keep pieces apart: moving a text to another role is another prompt.
    prefixes.push(Buffer.from(`\u0001${piece.role}\u0002`));
    prefixes.push(text);
  }
  const tokens = (part: keyof PartTokens): number => flat[part] + estimateTextTokens(bytes[part]);
  return {
    parts: {
      system: tokens('system'),
      history: tokens('history'),
      retrieval: tokens('retrieval'),
      question: tokens('question'),
      tools: tokens('tools'),
    },
    prefixHashes: prefixes.hashes,
  };
}

function sumParts(parts: PartTokens): number {
  return parts.system + parts.history + parts.retrieval + parts.question + parts.tools;
}

/**
 * A hash of everything so far at each block boundary, each made from the one before and the block between them:
 * prompts with an equal beginning share their first hashes.
 */
class PrefixHasher {
  readonly hashes: string[] = [];
  readonly #secret: Buffer;
  #last = '';
  #block: Buffer[] = [];
  #leftInBlock = smallBlockBytes;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.hashes.length < limits.prefixBlocksMax) {
      const end = Math.min(bytes.length, at + this.#leftInBlock);
      this.#block.push(bytes.subarray(at, end));
      this.#leftInBlock -= end - at;
      at = end;
      if (this.#leftInBlock === 0) this.#closeBlock();
    }
  }

  #closeBlock(): void {
    this.#last = keyedHash(this.#secret, Buffer.from(this.#last), ...this.#block);
    this.hashes.push(this.#last.slice(0, prefixHex));
    this.#block = [];
    this.#leftInBlock = this.hashes.length < smallBlocks ? smallBlockBytes : largeBlockBytes;
  }
}

export const noPrompt: PromptFacts = { fingerprint: '', prefixHashes: [], partTokens: null, inputTokens: 0 };
