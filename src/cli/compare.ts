import { BurnrateError } from '../base/index.ts';
import type { Alternative } from '../config/index.ts';
import {
  asItIs,
  type Candidate,
  type ContextTrim,
  compareCandidates,
  compareReport,
  compareText,
  contextTrim,
  withAlternative,
} from '../forecast/index.ts';
import type { InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type LoadedModel, loadModel, newSeed } from './forecast-model.ts';
import { print } from './output.ts';
import { dollars, percent } from './shown.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

export interface CompareVerbOptions extends InstanceOptions {
  readonly trials?: number;
  readonly seed?: number;
  /** `from=to` pairs that replace models everywhere, one alternative each. */
  readonly replace?: readonly string[];
  /** Tokens of retrieved context to look at. */
  readonly context?: readonly number[];
  readonly json?: boolean;
}

const trialsUsual = 2000;

/** `burnrate compare`: the file as it is beside its alternatives, per successful outcome, with break-even. */
export async function compare(effects: Effects, options: CompareVerbOptions): Promise<ExitCode> {
  const loaded = await loadModel(effects, options);
  const candidates = candidatesOf(loaded, options.replace ?? []);
  const contexts = (options.context ?? []).length > 0 ? contextsOf(loaded, options.context ?? []) : [];
  if (candidates.length < 2 && contexts.length === 0) {
    throw new WrongUse(
      'there is nothing to compare; state `alternatives:` in burnrate.yaml, or --replace, or --context',
    );
  }
  const seed = options.seed ?? loaded.config.forecast.seed ?? newSeed(effects);
  const trials = options.trials ?? trialsUsual;
  const report = compareReport(compareCandidates(candidates, trials, seed), seed, trials);
  const width = terminalWidth(effects);
  print(effects, options.json === true, { ...report, contexts }, () =>
    [compareText(report, (columns, rows) => table(columns, rows, width)), ...contexts.map(contextText)].join('\n'),
  );
  return exitCodes.fine;
}

function candidatesOf(loaded: LoadedModel, replacements: readonly string[]): Candidate[] {
  const { config } = loaded;
  const stated = Object.entries(config.alternatives).map(([name, alternative]) => ({ name, alternative }));
  const asked = replacements.map((pair): { name: string; alternative: Alternative } => ({
    name: pair,
    alternative: { replace: parsePair(pair) },
  }));
  const others = [...stated, ...asked].map(({ name, alternative }): Candidate => {
    const model = loaded.rebuild(withAlternative(config, alternative, name));
    const { description = '' } = alternative;
    if (model) return { name, description, model, problem: null };
    return {
      name,
      description,
      model: loaded.model,
      problem: 'has no known price; add one under `prices:` in burnrate.yaml',
    };
  });
  const model = loaded.rebuild(asItIs(config));
  if (!model) throw new BurnrateError('CONFIG_INVALID', { message: 'the file cannot be forecast as it is' });
  return [{ name: 'as it is', description: '', model, problem: null }, ...others];
}

function parsePair(pair: string): Record<string, string> {
  const [from, to, ...rest] = pair.split('=');
  if (!from?.includes('/') || !to?.includes('/') || rest.length > 0) {
    throw new WrongUse(`--replace ${pair}: expected provider/model=provider/model`);
  }
  return { [from]: to };
}

function contextsOf(loaded: LoadedModel, tokens: readonly number[]): ContextTrim[] {
  return loaded.model.workflows
    .flatMap(({ name }) => contextTrim(loaded.model, name, tokens, loaded.rebuild) ?? [])
    .filter(({ shareOfInputTokens }) => shareOfInputTokens > 0);
}

const estimate = (floatingUsd: number): string => dollars(floatingUsd.toFixed(6));

function contextText({ workflow, shareOfInputTokens, shareOfBill, monthUsd, trims }: ContextTrim): string {
  const saved = trims.map(({ tokens, savedUsd }) => `  to ${tokens} tokens: saves ${estimate(savedUsd)} a month`);
  return [
    `${workflow}: retrieved context is ${percent(shareOfInputTokens)} of the input and ${percent(shareOfBill)} of ${estimate(monthUsd)} a month`,
    ...saved,
  ].join('\n');
}
