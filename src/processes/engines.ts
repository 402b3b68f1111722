import type { Clock, IdSource } from '../base/index.ts';
import type { Books } from '../books/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** The engines of this instance; main.ts picks them, so that no process knows more than their interfaces. */
export interface Engines {
  /** @throws BurnrateError books_unavailable */
  openBooks(options: { readonly path: string; readonly clock: Clock; readonly ids: IdSource }): Promise<Books>;
  /** @throws BurnrateError LEDGER_LOCKED when another process has it */
  openLedger(options: {
    readonly path: string;
    readonly timeZone: string;
    readonly clock: Clock;
    /** Called when the engine can go on only if the file is opened anew. */
    readonly onLost?: (cause: Error) => void;
  }): Promise<Ledger>;
}
