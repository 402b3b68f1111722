import { readFile } from 'node:fs/promises';
import { visit } from 'yaml';
import { BurnrateError } from '../base/index.ts';
import { checkConsistency } from './checks/consistency.ts';
import type { Facts } from './checks/facts.ts';
import { checkReferences } from './checks/references.ts';
import { checkWorkflows } from './checks/workflows.ts';
import type { Config } from './config.ts';
import { withBuiltInProviders } from './defaults.ts';
import { type Environment, substitute } from './environment.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { rootSchema } from './schema/root.ts';
import { type Finding, schemaFindings } from './schema-problems.ts';
import { fileBytesMax, locate, type Path, parseSource, type Source, shownValue } from './source.ts';

export interface LoadOptions {
  /** Name shown in problems. */
  readonly file: string;
  /** Where `${NAME}` is looked up; it is never read from the process here. */
  readonly environment: Environment;
}

export type CheckResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks the text of a `burnrate.yaml` and reads it; all problems are found in one pass. */
export function checkConfig(text: string, options: LoadOptions): CheckResult {
  const source = parseSource(text);
  const syntax = syntaxProblems(source, options.file);
  if (syntax.length > 0) return { ok: false, problems: syntax };
  const written = plain(source);
  if (written === tooManyAliases) return { ok: false, problems: [aliasProblem(options.file)] };
  const missing = substitute(source, options.environment).map(missingFinding);
  const raw: unknown = source.document.toJS();
  const read = rootSchema.safeParse(raw);
  const found = [
    ...missing,
    ...(read.success ? [] : schemaFindings(read.error.issues, raw)),
    ...crossFindings(raw, written),
  ];
  if (!read.success || found.length > 0) return { ok: false, problems: place(source, options.file, found) };
  const config: Config = {
    ...read.data,
    file: options.file,
    providers: withBuiltInProviders(read.data.providers, options.environment),
    access: read.data.access ?? (read.data.listen.loopback ? 'open' : 'keys'),
    stated: statedPaths(raw),
  };
  return { ok: true, config };
}

/** @throws ConfigError (CONFIG_INVALID) with every problem of the text */
export function parseConfig(text: string, options: LoadOptions): Config {
  const result = checkConfig(text, options);
  if (!result.ok) throw new ConfigError(result.problems);
  return result.config;
}

/**
 * Reads and checks the file at `path`.
 * @throws BurnrateError CONFIG_UNREADABLE when it cannot be read; ConfigError (CONFIG_INVALID) when it is wrong
 */
export async function loadConfig(path: string, environment: Environment): Promise<Config> {
  return parseConfig(await readText(path), { file: path, environment });
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new BurnrateError('CONFIG_UNREADABLE', { message: `cannot read ${path}`, cause });
  });
  if (bytes.byteLength > fileBytesMax) {
    throw new BurnrateError('CONFIG_UNREADABLE', { message: `${path} is larger than ${fileBytesMax} bytes` });
  }
  return bytes.toString('utf8');
}

function syntaxProblems(source: Source, file: string): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  const add = (offset: number, message: string): void => {
    const at = source.position(offset);
    problems.set(`${at.line}:${at.column} ${message}`, { file, ...at, path: '', message });
  };
  for (const error of source.document.errors) {
    add(
      error.pos[0],
      error.code === 'DUPLICATE_KEY' ? 'this key stands twice in one mapping' : `not valid YAML: ${error.message}`,
    );
  }
  visit(source.document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(source.document);
      if (!target) add(alias.range?.[0] ?? 0, 'this alias names no anchor above it');
      else if (ancestors.includes(target)) add(alias.range?.[0] ?? 0, 'this alias is inside what it stands for');
    },
  });
  return [...problems.values()];
}

const tooManyAliases = Symbol('too many aliases');

/** The file as plain data; the YAML library refuses to multiply aliases of aliases beyond its limit, by throwing. */
function plain(source: Source): unknown {
  try {
    return source.document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError) return tooManyAliases;
    throw error;
  }
}

function aliasProblem(file: string): ConfigProblem {
  return {
    file,
    line: 1,
    column: 1,
    path: '',
    message: 'its aliases multiply beyond what is read; expected fewer aliases of aliases',
  };
}

function missingFinding({ path, name }: { readonly path: Path; readonly name: string }): Finding {
  const valid = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
  const message = valid
    ? `the environment variable ${name} is not set; set it, or give a default as \${${name}:-value}`
    : 'expected ${NAME} or ${NAME:-default}, with NAME of letters, digits and "_"';
  return { path, message };
}

function crossFindings(raw: unknown, written: unknown): Finding[] {
  const facts: Facts = { raw, written, findings: [] };
  checkWorkflows(facts);
  checkReferences(facts);
  checkConsistency(facts);
  return facts.findings;
}

/** Gives findings their place and puts them in the file's order. One place keeps its first finding: the rest follow from it. */
function place(source: Source, file: string, found: readonly Finding[]): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const finding of found) {
    const path = finding.path.join('.');
    if (problems.has(path)) continue;
    const shown = finding.showValue ? shownValue(source, finding.path) : null;
    const message = shown === null ? finding.message : `${finding.message}; the file has ${shown}`;
    problems.set(path, { file, ...locate(source, finding.path, finding.atKey), path, message });
  }
  return [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function statedPaths(raw: unknown, prefix: readonly string[] = []): string[][] {
  if (typeof raw !== 'object' || raw === null) return [];
  return Object.entries(raw).flatMap(([key, value]) => {
    const path = [...prefix, key];
    return [path, ...statedPaths(value, path)];
  });
}
