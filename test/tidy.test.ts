import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSource, type SourceFacts } from './tidy/read-source.ts';
import * as rules from './tidy/rules.ts';

const root = resolve(import.meta.dirname, '..');
const folders = ['src', 'web', 'test', 'bench', 'examples', 'scripts'];
const leftOut = new Set(['node_modules', 'dist', 'golden', 'samples']);

function sourcePaths(folder: string): string[] {
  if (!existsSync(resolve(root, folder))) return [];
  return readdirSync(resolve(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : sourcePaths(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const files = folders.flatMap(sourcePaths).map((path) => readSource(path, readFileSync(resolve(root, path), 'utf8')));
const furnished: rules.Rule = (all) => rules.roomsAreFurnished(all, (path) => existsSync(resolve(root, path)));

const house: readonly [string, rules.Rule][] = [
  ['rooms import only what the table allows', rules.importsFollowTheTable],
  ['the table allows what is used', rules.theTableAllowsWhatIsUsed],
  ['rooms are entered by their door', rules.roomsAreEnteredByTheirDoor],
  ['doors show what is asked for', rules.doorsShowWhatIsAskedFor],
  ['engines are chosen by main', rules.enginesAreChosenByMain],
  ['every room has its door, its README and its place in the table', furnished],
  ['no file is dead', rules.noFileIsDead],
  ['functions are short', rules.functionsAreShort],
  ['files are short', rules.filesAreShort],
  ['exceptions to length are needed', rules.exceptionsAreNeeded],
  ['time and chance are arguments', rules.timeAndChanceAreArguments],
  ['only main reads the environment', rules.onlyMainReadsTheEnvironment],
  ['nothing is left for later', rules.nothingIsLeftForLater],
  ['names say what they hold', rules.namesSayWhatTheyHold],
  ['files are named in kebab case', rules.filesAreKebabCase],
];

describe('the house is tidy', () => {
  test('it is read whole', () => expect(files.length).toBeGreaterThan(50));
  test.each(house)('%s', (_, rule) => expect(rule(files)).toEqual([]));
});

/** Files as a rule sees them, from their paths and texts. */
function sources(texts: Readonly<Record<string, string>>): SourceFacts[] {
  return Object.entries(texts).map(([path, text]) => readSource(path, text));
}

const long = (lines: number): string => `export function f() {\n${'  g();\n'.repeat(lines)}}\n`;

describe('each rule bites', () => {
  test.each<[string, rules.Rule, Record<string, string>]>([
    ['a room above', rules.importsFollowTheTable, { 'src/money/a.ts': "import { b } from '../tree/index.ts';" }],
    [
      'a type from above',
      rules.importsFollowTheTable,
      { 'src/money/a.ts': "import type { B } from '../tree/index.ts';" },
    ],
    ['an export from above', rules.importsFollowTheTable, { 'src/tree/a.ts': "export * from '../config/index.ts';" }],
    ['a late import', rules.importsFollowTheTable, { 'src/tree/a.ts': "await import('../config/index.ts');" }],
    ['an import type', rules.importsFollowTheTable, { 'src/tree/a.ts': "type A = import('../api/index.ts').A;" }],
    [
      'the emulator and the gateway',
      rules.importsFollowTheTable,
      { 'src/pilot/emulator/a.ts': "import '../../gateway/index.ts';" },
    ],
    ['a client that knows base', rules.importsFollowTheTable, { 'src/client/a.ts': "import '../base/index.ts';" }],
    [
      'a dashboard that loads the API',
      rules.importsFollowTheTable,
      { 'web/src/a.ts': "import { type A, b } from '../../src/api/wire.ts';" },
    ],
    [
      'a dashboard that takes types of the API past its wire',
      rules.importsFollowTheTable,
      { 'web/src/a.ts': "import type { A } from '../../src/api/index.ts';" },
    ],
    [
      'a dashboard that knows the ledger',
      rules.importsFollowTheTable,
      { 'web/src/a.ts': "import '../../src/ledger/index.ts';" },
    ],
    [
      'a room nobody imports',
      rules.theTableAllowsWhatIsUsed,
      {
        'src/tree/a.ts': "import './b.ts';",
        'src/money/a.ts': '',
        'src/tree/a.test.ts': "import '../money/index.ts';",
      },
    ],
    ['past the door', rules.roomsAreEnteredByTheirDoor, { 'src/tree/a.ts': "import '../money/usd.ts';" }],
    ['a door into a folder', rules.roomsAreEnteredByTheirDoor, { 'src/cli/a.ts': "import '../ledger/sql/index.ts';" }],
    [
      'a name nobody asks for',
      rules.doorsShowWhatIsAskedFor,
      {
        'src/money/index.ts': "export { addUsd, type Usd } from './usd.ts';",
        'src/money/usd.test.ts': "import { addUsd } from './index.ts';",
        'src/tree/a.ts': "import type { Usd } from '../money/index.ts';",
      },
    ],
    ['an engine', rules.enginesAreChosenByMain, { 'src/ledger/index.ts': "export * from './duckdb/open.ts';" }],
    ['an unknown room', (all) => rules.roomsAreFurnished(all, () => true), { 'src/attic/index.ts': '' }],
    ['a dead file', rules.noFileIsDead, { 'src/money/index.ts': '', 'src/money/left.ts': '' }],
    [
      'a file only its test knows',
      rules.noFileIsDead,
      { 'src/money/a.test.ts': "import './left.ts';", 'src/money/left.ts': '' },
    ],
    ['a long function', rules.functionsAreShort, { 'src/money/a.ts': long(69) }],
    ['a long file', rules.filesAreShort, { 'src/money/a.ts': '\n'.repeat(401) }],
    ['the time', rules.timeAndChanceAreArguments, { 'src/money/a.ts': 'const a = Date.now();' }],
    ['a date of now', rules.timeAndChanceAreArguments, { 'src/money/a.ts': 'const a = new Date();' }],
    ['chance', rules.timeAndChanceAreArguments, { 'src/money/a.ts': 'const a = Math.random;' }],
    ['the environment', rules.onlyMainReadsTheEnvironment, { 'src/cli/a.ts': 'const a = process.env.HOME;' }],
    ['a note for later', rules.nothingIsLeftForLater, { 'src/money/a.ts': `// ${'TO'}${'DO'}: more` }],
    ['a test left alone', rules.nothingIsLeftForLater, { 'src/money/a.test.ts': `test.${'only'}('x', () => {});` }],
    [
      'a test switched off',
      rules.nothingIsLeftForLater,
      { 'src/money/a.test.ts': `describe.each([1]).${'skip'};test.concurrent.skip('x');` },
    ],
    ['a vague name', rules.namesSayWhatTheyHold, { 'src/money/string-utils.ts': '' }],
    ['a camel', rules.filesAreKebabCase, { 'src/money/fooBar.ts': '' }],
  ])('%s', (_, rule, texts) => expect(rule(sources(texts))).not.toEqual([]));

  test('and lets pass what is allowed', () => {
    const fine = sources({
      'src/main.ts': "import './money/index.ts'; import './ledger/duckdb/open.ts'; const e = process.env;",
      'src/money/index.ts': "export * from './usd.ts';",
      'src/money/usd.ts': "import { assert } from '../base/index.ts'; // Date.now() here is a word",
      'src/money/usd.test.ts': "import './usd.ts'; import '../api/index.ts'; const now = Date.now();",
      'src/base/index.ts': 'export const now = () => Date.now();',
      'src/ledger/duckdb/open.ts': `const later = new Date(0); ${long(68)}`,
      'src/forecast/index.ts': "import type { Config } from '../config/index.ts';",
      'web/src/main.ts': "import type { CostsAnswer } from '../../src/api/wire.ts';",
    });
    const all = house
      .filter(([, rule]) => rule !== furnished && rule !== rules.theTableAllowsWhatIsUsed)
      .flatMap(([, rule]) => rule(fine));
    expect(all).toEqual([]);
  });
});
