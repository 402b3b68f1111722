/** Tokens between two prefix hashes; providers cache in steps of this size. */
export const blockTokens = 128;

/** A place in the prompt: how many tokens came before it, and the hash of all of them. */
export interface PromptMark {
  readonly tokens: number;
  readonly hash: number;
}

/** Reads a prompt once: counts its tokens and hashes every prefix that ends on a block border. */
export class PromptScan {
  tokens = 0;
  /** `blocks[i]` is the hash of the first `(i + 1) × blockTokens` tokens. */
  readonly blocks: number[] = [];
  #low: number;
  #high = 0x1234567;

  /** Prefixes of different models never match. */
  constructor(model: string) {
    this.#low = 0x811c9dc5;
    for (let i = 0; i < model.length; i++) this.#mix(model.charCodeAt(i));
  }

  /** Counts one text; texts do not run together, and white space does not matter. */
  add(text: string): void {
    let inWord = false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 32) {
        if (!inWord) this.#wordStarts();
        inWord = true;
        this.#mix(code);
      } else inWord = false;
    }
  }

  /** Counts something that is no text, like an image, at a fixed number of tokens. */
  addOpaque(tokens: number): void {
    for (let i = 0; i < tokens; i++) {
      this.#wordStarts();
      this.#mix(64);
    }
  }

  mark(): PromptMark {
    return { tokens: this.tokens, hash: this.#hash() };
  }

  /** To be called once, after the last text: closes a block that ends exactly with the prompt. */
  finish(): void {
    if (this.tokens > 0 && this.tokens % blockTokens === 0) this.blocks.push(this.#hash());
  }

  #wordStarts(): void {
    if (this.tokens > 0 && this.tokens % blockTokens === 0) this.blocks.push(this.#hash());
    this.tokens++;
    this.#mix(32);
  }

  #mix(code: number): void {
    this.#low = Math.imul(this.#low ^ code, 16_777_619);
    this.#high = Math.imul(this.#high ^ code, 0x5bd1e995) + 0x27d4eb2f;
  }

  /** 53 bits of two 32-bit hashes, so that a chance match is out of the question. */
  #hash(): number {
    return (this.#low >>> 0) * 2_097_152 + ((this.#high ^ (this.#high >>> 15)) & 2_097_151);
  }
}
