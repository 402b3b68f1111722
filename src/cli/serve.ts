import type { Instance } from '../processes/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadSettings } from './load-settings.ts';
import { printLine } from './output.ts';

export interface ServeOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `burnrate serve`: everything, until it is told to stop. */
export async function serve(effects: Effects, options: ServeOptions): Promise<ExitCode> {
  const readConfig = () => loadSettings(effects, options.config);
  const config = await readConfig();
  const adminToken = effects.environment.BURNRATE_ADMIN_TOKEN;
  let instance: Instance | null = null;
  // What came of it is in the log; before the start is over there is nothing to do anew.
  effects.onReload(() => void instance?.reload('SIGHUP').catch(() => undefined));
  instance = await effects.startInstance({ config, readConfig, simulated: false, adminToken });
  announce(effects, instance, { simulated: false, json: options.json === true, data: config.data });
  await stopped(effects.stop);
  await instance.stop();
  return exitCodes.fine;
}

/** Says where everything is, once it answers. */
export function announce(
  effects: Effects,
  { url, workerPids, ledgerPid }: Instance,
  { simulated, json, data }: { readonly simulated: boolean; readonly json: boolean; readonly data: string },
): void {
  if (json) {
    printLine(effects, JSON.stringify({ url, simulated, data, ledgerPid, workerPids }));
    return;
  }
  printLine(effects, `Burnrate ${effects.version} is at ${url}`);
  if (simulated) printLine(effects, 'SIMULATED: an emulator plays the providers and a demo product sends the traffic.');
  printLine(effects, `  OpenAI base URL     ${url}/v1`);
  printLine(effects, `  Anthropic base URL  ${url}/anthropic`);
  printLine(effects, `  Gemini base URL     ${url}/gemini`);
  printLine(effects, `  Data                ${data}`);
  printLine(effects, 'Stop with Ctrl-C.');
}

export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
