/** What the documentation names exists, and what a user can name is documented. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentOfNothing } from '../scripts/generated-docs.ts';
import { errorCodes } from '../src/base/index.ts';
import { userRoles } from '../src/books/index.ts';
import { alertKinds } from '../src/config/index.ts';
import { dimensionNames } from '../src/ledger/index.ts';
import { traceFormats } from '../src/pilot/index.ts';
import { attributionNames, buckets, lineKinds, outcomeKinds } from '../src/tree/index.ts';
import { wrongCommands } from './docs/named-commands.ts';
import { keyExists, topKeys, wrongKeysOfYaml } from './docs/named-keys.ts';
import { codeOf, everyWrong, fencesOf, type Page, pages, readText, repository } from './docs/pages.ts';

function matches(page: Page, pattern: RegExp): string[] {
  return codeOf(page).flatMap((code) => [...code.matchAll(pattern)].map(([, first = '']) => first));
}

describe('what is named exists', () => {
  test('commands and their options', () => {
    expect(everyWrong((page) => codeOf(page).flatMap(wrongCommands))).toEqual([]);
  });

  test('endpoints', () => {
    const known = Object.entries(documentOfNothing().paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => ({ method: method.toUpperCase(), pattern: pathPattern(path) })),
    );
    const wrong = (page: Page): string[] =>
      codeOf(page)
        .flatMap((code) => [
          ...code.matchAll(/(?:\b(GET|POST|PUT|DELETE) )?(?:http:\/\/127\.0\.0\.1:4700)?(\/api\/[\w{}<>./-]*\w}?)/g),
        ])
        .filter(
          ([, method, path = '']) =>
            !known.some(
              (each) => each.pattern.test(path.replaceAll(/<(\w+)>/g, '{$1}')) && (!method || each.method === method),
            ),
        )
        .map(([named]) => named);
    expect(everyWrong(wrong)).toEqual([]);
  });

  test('keys of burnrate.yaml', () => {
    const dotted = (page: Page): string[] =>
      codeOf(page)
        .filter(
          (code) =>
            /^[a-zA-Z]+(\.([a-zA-Z]+|\*|<\w+>))+$/.test(code) &&
            topKeys.has(code.split('.')[0] ?? '') &&
            !code.endsWith('.ts'),
        )
        .filter((code) => !keyExists(code.split('.')));
    const written = (page: Page): string[] =>
      fencesOf(page)
        .filter(({ language }) => language === 'yaml')
        .flatMap(({ text }) => wrongKeysOfYaml(text));
    expect([...everyWrong(dotted), ...everyWrong(written)]).toEqual([]);
  });

  test('headers', () => {
    const known = new Set([...headersOfSource(), ...attributionHeaders, 'burnrate-data']);
    expect(
      everyWrong((page) =>
        matches(page, /(?<![\w/.-])(burnrate-[a-z-]+[a-z])(?![\w/.*-])/g).filter((name) => !known.has(name)),
      ),
    ).toEqual([]);
  });

  test('error codes and variables of the environment', () => {
    const text = [...sources('src', true), ...sources('bench', true), ...sources('test', true)]
      .map((source) => source.text)
      .join('\n');
    const upper = (page: Page) =>
      matches(page, /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=|$)/g).filter(
        (name) => !(name in errorCodes) && !new RegExp(`\\b${name}\\b`).test(text),
      );
    const onTheWire = (page: Page) =>
      [...page.text.matchAll(/\b[45]\d\d `([a-z_]+)`/g)]
        .map(([, code = '']) => code)
        .filter((code) => !(code in errorCodes));
    expect([...everyWrong(upper), ...everyWrong(onTheWire)]).toEqual([]);
  });

  test('metrics', () => {
    const table = readText('docs/metrics.md');
    const wrong = (page: Page) =>
      matches(page, /\b(burnrate_[a-z_]+\w)(?![\w*])/g).filter((name) => !table.includes(`| \`${name}\` |`));
    expect(everyWrong(wrong)).toEqual([]);
  });

  test('files, scripts and links', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    const benches = readdirSync(join(repository, 'bench')).map((name) => name.replace(/\.ts$/, ''));
    const files = (page: Page) =>
      matches(page, /(?<![\w./~-])((?:src|test|bench|docs|examples|patterns|schema|scripts|web)\/[\w./*-]*\w)/g)
        .filter((path) => !path.includes('*') && !path.startsWith('web/dist'))
        .filter(
          (path) =>
            ![path, `${path}.ts`, join(dirname(page.path), path)].some((each) => existsSync(join(repository, each))),
        );
    const run = (page: Page) => matches(page, /npm run ([\w:]+)/g).filter((name) => !(name in scripts));
    const bench = (page: Page) => matches(page, /npm run bench ([\w-]+)/g).filter((name) => !benches.includes(name));
    expect([...everyWrong(files), ...everyWrong(run), ...everyWrong(bench), ...everyWrong(brokenLinks)]).toEqual([]);
  });
});

describe('what can be named is documented', () => {
  const all = pages.map(({ text }) => text).join('\n');

  test('headers', () => {
    const shown = (name: string) => all.includes(`\`${name}`) || all.includes(`\`${name.replace('burnrate', '')}\``);
    expect([...headersOfSource(), ...attributionHeaders].filter((name) => !shown(name))).toEqual([]);
  });

  test.each<[string, string, readonly string[]]>([
    ['dimensions', 'docs/api.md', dimensionNames],
    ['buckets', 'docs/pricing.md', buckets],
    ['kinds of alerts', 'docs/alerts.md', alertKinds],
    ['formats of traces', 'docs/replay.md', traceFormats],
    ['roles', 'docs/security.md', userRoles],
    ['outcomes', 'docs/api.md', outcomeKinds],
    ['lines of the full cost', 'docs/economics.md', lineKinds],
    ['control headers of the emulator', 'docs/emulator.md', emulatorHeaders()],
  ])('%s, in %s', (_, path, names) => {
    const page = readText(path);
    expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(page))).toEqual([]);
  });

  test('parameters of endpoints', () => {
    const shown = pages.flatMap(codeOf).join('\n');
    const operations = Object.values(documentOfNothing().paths ?? {}).flatMap((item) => Object.values(item as object));
    const parameters = operations.flatMap(({ parameters = [] }) => parameters as { name: string }[]);
    const names = [...new Set(parameters.map(({ name }) => name))];
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(shown))).toEqual([]);
  });

  test('variables of the environment', () => {
    const names = sources('src').flatMap(({ text }) => text.match(/\bBURNRATE_[A-Z_]+\b/g) ?? []);
    expect([...new Set(names)].filter((name) => !all.includes(`\`${name}\``))).toEqual([]);
  });

  test('dependencies, with their versions', () => {
    const manifest = JSON.parse(readText('package.json')) as Record<string, Record<string, string>>;
    const rows = readText('docs/dependencies.md').split('\n');
    const told = ([name, version]: [string, string]) => {
      const names = [name, `${name.split('/')[0]}/*`];
      const row = rows.find((line) =>
        line
          .split('|')[1]
          ?.split(',')
          .some((cell) => names.includes(cell.trim())),
      );
      return row?.includes(version) || row?.includes('see package.json');
    };
    const all = [...Object.entries(manifest.dependencies ?? {}), ...Object.entries(manifest.devDependencies ?? {})];
    expect(all.filter((each) => !told(each))).toEqual([]);
  });

  test('every page is in the list of the README, or below one that is', () => {
    const linked = new Set(pages.flatMap((page) => linksOf(page).map(({ path }) => path)));
    const lost = pages.filter(({ path }) => path.startsWith('docs/') && !linked.has(path));
    expect(lost.map(({ path }) => path)).toEqual([]);
  });
});

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`);
}

const attributionHeaders = [...attributionNames, 'tags'].map(
  (name) => `burnrate-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
);

function sources(folder: string, tests = false): Page[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && (tests || !/\.(test|contract)\.ts$/.test(name)))
    .map((name) => ({ path: `${folder}/${name}`, text: readText(`${folder}/${name}`) }));
}

/** What is spelt like a header and is none: the key a replay sends. */
const noHeaders = new Set(['burnrate-replay']);

/** Names of headers as the source spells them; names of temporary folders end with a hyphen. */
function headersOfSource(): string[] {
  return sources('src')
    .filter(({ path }) => /^src\/(gateway|api|scheduler|pilot|client)\//.test(path))
    .flatMap(({ text }) => [...text.matchAll(/'(burnrate-[a-z-]+[a-z])'/g)].map(([, name = '']) => name))
    .filter((name) => !noHeaders.has(name));
}

function emulatorHeaders(): string[] {
  const text = sources('src/pilot/emulator')
    .map((source) => source.text)
    .join('\n');
  return [...new Set([...text.matchAll(/'(emulator-[a-z-]+)'/g)].map(([, name = '']) => name))];
}

function linksOf({ path, text }: Page): { path: string; anchor: string; link: string }[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor = ''] = link.split('#');
      return { path: file === '' ? path : join(dirname(path), file), anchor, link };
    });
}

function brokenLinks(page: Page): string[] {
  return linksOf(page)
    .filter(({ path, anchor }) => {
      if (!existsSync(join(repository, path))) return true;
      return anchor !== '' && !headingsOf(readText(path)).has(anchor);
    })
    .map(({ link }) => link);
}

function headingsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
