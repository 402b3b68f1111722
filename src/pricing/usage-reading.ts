import type { Usage } from '../tree/index.ts';

/** Wire formats whose usage reports are understood. */
export type UsageProtocol = 'openai' | 'anthropic' | 'gemini';

/** What a provider's answer says about its own cost. */
export type UsageReading =
  | {
      readonly ok: true;
      /** Disjoint buckets, whole numbers ≥ 0. */
      readonly usage: Usage;
      /** The tier served in Burnrate's words (`standard`, `batch`, `flex`, `priority`, …); null when the answer names none. */
      readonly tier: string | null;
      /** The model the answer names; null when it names none. */
      readonly model: string | null;
    }
  /** `absent`: no usage in it. `invalid`: a field is not a count, or parts exceed their whole. */
  | { readonly ok: false; readonly reason: 'absent' | 'invalid'; readonly message: string };
