import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');

export interface Page {
  readonly path: string;
  readonly text: string;
}

export interface Fence {
  readonly language: string;
  readonly text: string;
}

/** The pages a reader is shown. Decisions tell of the moment they were made in, so what they name may be gone. */
export const pages: readonly Page[] = [
  'README.md',
  'examples/README.md',
  ...markdownIn('docs'),
  ...markdownIn('docs/examples'),
  ...readdirSync(join(repository, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/README.md`),
].map((path) => ({ path, text: readText(path) }));

function markdownIn(folder: string): string[] {
  return readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

export function readText(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

const fencePattern = /^```(\w*)[^\n]*\n([\s\S]*?)^```/gm;

export function fencesOf({ text }: Page): Fence[] {
  return [...text.matchAll(fencePattern)].map(([, language = '', inside = '']) => ({ language, text: inside }));
}

/** What stands in backticks outside of fences, and each line of a fence: what a reader may type or look for. */
export function codeOf(page: Page): string[] {
  const prose = page.text.replaceAll(fencePattern, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span.replaceAll('\\|', '|'));
  const lines = fencesOf(page).flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'));
  return [...spans, ...lines];
}

/** `path: what` for everything `find` finds wrong on any page. */
export function everyWrong(find: (page: Page) => readonly string[]): string[] {
  return pages.flatMap((page) => [...new Set(find(page))].map((wrong) => `${page.path}: ${wrong}`));
}
