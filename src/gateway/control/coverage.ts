import type { PotRef } from '../../books/index.ts';
import type { Journal } from '../../journal/index.ts';
import { extensionAmounts, extensionTokens, type HoldFacts, outputBound } from '../../policy/index.ts';
import type { Amounts, HoldEntry } from '../../tree/index.ts';
import { limits } from '../limits.ts';
import type { MoneyAccount } from '../ports.ts';

/** `on`: read on. `pause`: until `onDurable`. `end`: nothing more may be read. */
export type Verdict = 'on' | 'pause' | 'end';

export interface CoverageOptions {
  readonly account: MoneyAccount;
  readonly journal: Pick<Journal, 'extend'>;
  readonly holdId: string;
  readonly pots: readonly PotRef[];
  readonly facts: HoldFacts;
  /** Tokens the hold covers at the start, over all choices. */
  readonly coveredTokens: number;
  /** What is known of it now. */
  readonly bytesPerToken: () => number;
}

/**
 * Keeps the hold of a stream ahead of what the provider can bill: what was seen and what a cancel may still cost. A
 * provider goes on making tokens whether they are read or not, so a stream is not paused to wait for money; it is read
 * on while the hold lasts, and then cut.
 */
export class Coverage {
  readonly #options: CoverageOptions;
  readonly #bound: number;
  readonly #lag: number;
  /** What the journal's entries cover; and what entries on their way to it will. */
  #covered: number;
  #granted: number;
  #seen = 0;
  #state: 'idle' | 'money' | 'journal' = 'idle';
  /** Called when a paused stream may go on. */
  onDurable: () => void = () => undefined;
  /** Called when the money did not come and the hold is used up. */
  onExhausted: () => void = () => undefined;

  constructor(options: CoverageOptions) {
    this.#options = options;
    this.#bound = outputBound(options.facts) * options.facts.choices;
    this.#lag = options.facts.cancelLagTokens * options.facts.choices;
    this.#covered = options.coveredTokens;
    this.#granted = options.coveredTokens;
  }

  /** Output tokens seen, at most, by what was known when bytes last came; over all choices. */
  get seenTokens(): number {
    return this.#seen;
  }

  /** What the provider can bill of an answer that breaks off now: what was seen and what a cancel may still cost, as held. */
  get billableTokens(): number {
    return Math.min(this.#wanted, this.#covered);
  }

  get #wanted(): number {
    return Math.min(this.#seen + this.#lag, this.#bound);
  }

  /** @param contentBytes bytes of answer text read so far */
  progress(contentBytes: number): Verdict {
    this.#seen = Math.ceil(contentBytes / this.#options.bytesPerToken());
    const behind = this.#wanted - this.#covered;
    const more = Math.max(extensionTokens(this.#options.facts, this.#seen, this.#covered), behind);
    if (more > 0) this.#extend(more);
    return this.#verdict();
  }

  /** The client reads too slowly: only a stream whose whole rest is held may stand still. */
  pauseForClient(): Verdict {
    const rest = this.#bound - this.#granted;
    const entry =
      rest > 0
        ? this.#options.account.tryExtend(this.#options.holdId, extensionAmounts(this.#options.facts.rates, rest))
        : null;
    if (entry) this.#record(entry, rest);
    return this.#granted >= this.#bound ? 'pause' : 'end';
  }

  get #exhausted(): boolean {
    return this.#covered < this.#bound && this.#seen + this.#lag > this.#covered;
  }

  #verdict(): Verdict {
    if (!this.#exhausted) return 'on';
    return this.#state === 'journal' ? 'pause' : 'end';
  }

  #extend(tokens: number): void {
    const { account, holdId, facts } = this.#options;
    if (this.#state === 'journal') return;
    const amounts = extensionAmounts(facts.rates, tokens);
    const entry = account.tryExtend(holdId, amounts);
    if (entry) this.#record(entry, tokens);
    else if (this.#state === 'idle') this.#askFor(tokens, amounts);
  }

  #askFor(tokens: number, amounts: Amounts): void {
    const { account, holdId, pots } = this.#options;
    this.#state = 'money';
    void account.extend(holdId, amounts, pots, limits.extensionWaitMs).then((later) => {
      if (later) this.#record(later, tokens);
      else this.#giveUp();
    });
  }

  /** What the extension covers counts once the journal has it. */
  #record(entry: HoldEntry, tokens: number): void {
    this.#state = 'journal';
    this.#granted += tokens;
    this.#options.journal.extend(entry).then(
      () => {
        this.#covered += tokens;
        this.#state = 'idle';
        this.onDurable();
      },
      () => this.#giveUp(),
    );
  }

  #giveUp(): void {
    this.#state = 'idle';
    if (this.#exhausted) this.onExhausted();
  }
}
