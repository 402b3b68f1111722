import type { RootSettings } from './schema/root.ts';

/** Where the gateway's public socket is bound. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly loopback: boolean;
}

/**
 * The loaded configuration: `burnrate.yaml` checked, with defaults filled in, environment values put in, numbers read
 * (see quantity.ts for their forms and units) and money exact. Record keys are the names the file gives.
 */
export interface Config extends Omit<RootSettings, 'listen' | 'access'> {
  readonly listen: ListenAddress;
  /** `open` on loopback and `keys` elsewhere unless the file says otherwise. */
  readonly access: 'open' | 'keys';
}
