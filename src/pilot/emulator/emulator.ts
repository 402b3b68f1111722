import { BurnrateError } from '../../base/index.ts';
import type { Emulator, EmulatorOptions } from './emulator-types.ts';

/** Builds a provider emulator; it does nothing until `listen` or until its handler is mounted. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  throw new BurnrateError('CONFIG_INVALID', { message: `no emulator yet, seed ${options.seed ?? 0}` });
}
