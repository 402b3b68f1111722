import { join, resolve } from 'node:path';
import { parseConfig } from '../config/index.ts';
import { createEmulator, demoConfigYaml, runDemoTraffic } from '../pilot/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { printLine } from './output.ts';
import { announce, stopped } from './serve.ts';

export interface DemoVerbOptions {
  readonly listen?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const usualListen = '127.0.0.1:4700';
/** Simulated data has a folder of its own, so that it never mixes with what was really spent. */
const usualData = join('burnrate-data', 'demo');

/** `burnrate demo`: the product on a provider emulator, with a small product that sends traffic. All of it is labelled simulated. */
export async function demo(effects: Effects, options: DemoVerbOptions): Promise<ExitCode> {
  const emulator = createEmulator({ clock: effects.clock });
  try {
    const { url } = await emulator.listen();
    const config = demoConfig(effects, options, url);
    const adminToken = effects.environment.BURNRATE_ADMIN_TOKEN;
    const instance = await effects.startInstance({ config, readConfig: null, simulated: true, adminToken });
    announce(effects, instance, { simulated: true, json: options.json === true, data: config.data });
    await sendTraffic(effects, instance.url);
    await instance.stop();
    return exitCodes.fine;
  } finally {
    await emulator.close();
  }
}

function demoConfig(effects: Effects, options: DemoVerbOptions, emulatorUrl: string) {
  const listen = options.listen ?? (effects.environment.BURNRATE_LISTEN || usualListen);
  const data = resolve(effects.workingFolder, options.data ?? usualData);
  return parseConfig(demoConfigYaml({ emulatorUrl, listen, data }), {
    file: 'the demo configuration',
    environment: effects.environment,
  });
}

/** Sends traffic until told to stop. Should the traffic end by itself, what is there can still be looked at. */
async function sendTraffic(effects: Effects, target: string): Promise<void> {
  const { clock, random, stop } = effects;
  const summary = await runDemoTraffic({ target, clock, random, signal: stop });
  if (!stop.aborted) printLine(effects, `The demo traffic ended after ${summary.interactions} interactions.`);
  await stopped(stop);
}
