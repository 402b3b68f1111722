import { createEmulator, loadScenario } from '../pilot/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { printLine } from './output.ts';
import { stopped } from './serve.ts';

export interface EmulateOptions {
  readonly port: number;
  readonly host: string;
  readonly scenario?: string;
  readonly seed?: number;
  readonly json?: boolean;
}

/** `burnrate emulate`: the provider emulator alone; what it billed is at /emulator/billed and printed at the end. */
export async function emulate(effects: Effects, options: EmulateOptions): Promise<ExitCode> {
  const emulator = createEmulator({
    clock: effects.clock,
    ...(options.scenario === undefined ? {} : { scenario: loadScenario(options.scenario) }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const { url } = await emulator.listen(options.port, options.host);
  const { seed } = emulator.billed();
  if (options.json) printLine(effects, JSON.stringify({ url, seed }));
  else printLine(effects, `The provider emulator is at ${url} (seed ${seed}). Bills: ${url}/emulator/billed`);
  await stopped(effects.stop);
  const { total, unbilled } = emulator.billed();
  await emulator.close();
  if (options.json) printLine(effects, JSON.stringify({ billed: total, unbilled }));
  else printLine(effects, `Billed ${total.requests} requests; ${unbilled} were refused before any work.`);
  return exitCodes.fine;
}
