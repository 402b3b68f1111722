import { resolve } from 'node:path';
import { BurnrateError } from '../base/index.ts';
import {
  assertListenAllowed,
  type Config,
  checkConfig,
  formatProblem,
  inactiveSections,
  usableProviders,
} from '../config/index.ts';
import type { PriceBook } from '../pricing/index.ts';
import { priceBookOf } from '../processes/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { configFile, loadSettings } from './load-settings.ts';
import { print } from './output.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

interface Finding {
  readonly check: string;
  /** `note` says what is worth knowing and breaks nothing. */
  readonly state: 'ok' | 'note' | 'failed';
  readonly message: string;
}

/** As `engines` of package.json says. */
const nodeMin = { major: 20, minor: 19 } as const;

/** `burnrate doctor`: everything that can be checked without running. Exit 1 when something is wrong. */
export async function doctor(effects: Effects, options: DoctorOptions): Promise<ExitCode> {
  const findings = [
    nodeFinding(effects),
    ...(await engineFindings(effects)),
    ...(await configFindings(effects, options)),
  ];
  const failed = findings.some((finding) => finding.state === 'failed');
  print(effects, options.json === true, { ok: !failed, findings }, () => findings.map(findingText).join('\n'));
  return failed ? exitCodes.checkFailed : exitCodes.fine;
}

const marks = { ok: 'ok    ', note: 'note  ', failed: 'FAILED' } as const;

function findingText({ check, state, message }: Finding): string {
  return `${marks[state]}  ${check}: ${message}`;
}

function nodeFinding({ nodeVersion }: Effects): Finding {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const enough = major > nodeMin.major || (major === nodeMin.major && minor >= nodeMin.minor);
  const message = `${nodeVersion} (needs ${nodeMin.major}.${nodeMin.minor} or later)`;
  return { check: 'node', state: enough ? 'ok' : 'failed', message };
}

async function engineFindings(effects: Effects): Promise<Finding[]> {
  const engines = await effects.checkEngines();
  return engines.map(({ name, ok, message }) => ({ check: name, state: ok ? 'ok' : 'failed', message }));
}

async function configFindings(effects: Effects, options: DoctorOptions): Promise<Finding[]> {
  const file = configFile(effects, options.config);
  const problems = file === null ? [] : await fileProblems(effects, file);
  if (problems.length > 0) return problems;
  const config = await loadSettings(effects, options.config);
  return [
    { check: 'configuration', state: 'ok', message: file ?? 'none; the defaults hold' },
    ...inactiveFindings(config),
    listenFinding(config, effects),
    await folderFinding(config, effects),
    ...providerFindings(config),
    ...priceFindings(config, priceBookOf(config), effects.clock.nowMs()),
  ];
}

async function fileProblems(effects: Effects, file: string): Promise<Finding[]> {
  const text = await effects.readText(file).catch((error: Error) => error);
  if (text instanceof Error) return [{ check: 'configuration', state: 'failed', message: `cannot read ${file}` }];
  const result = checkConfig(text, { file, environment: effects.environment });
  if (result.ok) return [];
  return result.problems.map((problem) => ({
    check: 'configuration',
    state: 'failed',
    message: formatProblem(problem),
  }));
}

function listenFinding(config: Config, effects: Effects): Finding {
  const { host, port } = config.listen;
  try {
    assertListenAllowed(config.listen, effects.environment.BURNRATE_ADMIN_TOKEN);
    return { check: 'listen', state: 'ok', message: `${host}:${port}, access ${config.access}` };
  } catch (error) {
    if (!(error instanceof BurnrateError)) throw error;
    return { check: 'listen', state: 'failed', message: `${error.message}. ${error.remedy}` };
  }
}

async function folderFinding(config: Config, effects: Effects): Promise<Finding> {
  const folder = resolve(effects.workingFolder, config.data);
  const writable = await effects.canWriteFolder(folder);
  return {
    check: 'data',
    state: writable ? 'ok' : 'failed',
    message: writable ? folder : `${folder} cannot be written`,
  };
}

function providerFindings(config: Config): Finding[] {
  const usable = new Set(usableProviders(config));
  const findings = Object.entries(config.providers).map(([name, provider]): Finding => {
    if (usable.has(name)) return { check: `provider ${name}`, state: 'ok', message: provider.baseUrl };
    return {
      check: `provider ${name}`,
      state: 'note',
      message: 'has no API key, so calls to it are refused by the provider',
    };
  });
  if (usable.size > 0) return findings;
  return [
    ...findings,
    { check: 'providers', state: 'note', message: 'none can be called; `burnrate demo` needs none' },
  ];
}

/** Every model the workflows name must have a price, or what they cost is unknown. */
function priceFindings(config: Config, book: PriceBook, nowMs: number): Finding[] {
  const models = new Set(
    Object.values(config.workflows).flatMap(({ stages }) =>
      Object.values(stages).flatMap(({ work }) => (work.kind === 'model' && work.model !== '' ? [work.model] : [])),
    ),
  );
  const missing = [...models].filter((model) => !isPriced(model, config, book, nowMs));
  if (missing.length === 0) {
    return models.size === 0 ? [] : [{ check: 'prices', state: 'ok', message: `${models.size} models have one` }];
  }
  return missing.map((model) => ({
    check: 'prices',
    state: 'failed',
    message: `${model} has no price; add one under \`prices:\``,
  }));
}

function isPriced(model: string, config: Config, book: PriceBook, nowMs: number): boolean {
  const split = model.indexOf('/');
  const provider = model.slice(0, Math.max(0, split));
  if (split > 0 && Object.hasOwn(config.providers, provider)) {
    return book.findCard(provider, model.slice(split + 1), nowMs) !== null;
  }
  return Object.keys(config.providers).some((name) => book.findCard(name, model, nowMs) !== null);
}

/** What the file says and this build does not act on yet. */
function inactiveFindings(config: Config): Finding[] {
  return inactiveSections(config).map(({ path, feature }) => ({
    check: 'inactive',
    state: 'note',
    message: `${path}: this build has no ${feature} yet`,
  }));
}
