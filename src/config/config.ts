import type { RootSettings } from './schema/root.ts';

/**
 * The loaded configuration: `burnrate.yaml` checked, with defaults filled in, environment values put in, numbers read
 * (see quantity.ts for their forms and units) and money exact. Record keys are the names the file gives.
 */
export interface Config extends Omit<RootSettings, 'access'> {
  /** Path of the file; null when there is none and the defaults hold. */
  readonly file: string | null;
  /** `open` on loopback and `keys` elsewhere unless the file says otherwise. */
  readonly access: 'open' | 'keys';
  /** The path of every key the file states, in the file's order; what is absent here holds by default. */
  readonly stated: readonly (readonly string[])[];
}
