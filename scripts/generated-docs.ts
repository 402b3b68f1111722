/** The parts of docs/ that follow from the code: errors, endpoints, commands, metrics. A test holds that the files are up to date. */
import type { Command } from 'commander';
import { createApi } from '../src/api/index.ts';
import { errorCodes } from '../src/base/index.ts';
import { buildProgram } from '../src/cli/index.ts';
import { fakeTerminal } from '../test/fakes/fake-terminal.ts';
import { plainPorts } from '../test/fakes/plain-api.ts';
import { plainMetrics } from '../test/fakes/plain-metrics.ts';

export const generatedDocs: Readonly<Record<string, () => string | Promise<string>>> = {
  'errors.md': errorTables,
  'api.md': endpointTable,
  'cli.md': commandPages,
  'metrics.md': metricTable,
};

const begin = '<!-- generated -->';
const end = '<!-- /generated -->';

/** Puts the generated part between its marks and leaves the rest of the page as it is. */
export function withGenerated(page: string, generated: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${generated}\n\n${page.slice(to)}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

function errorTables(): string {
  const rows = (onTheWire: boolean) =>
    Object.entries(errorCodes)
      .filter(([code]) => (code === code.toLowerCase()) === onTheWire)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { status, retry, remedy }]) => [`\`${code}\``, String(status), retry ? 'yes' : 'no', remedy]);
  const titles = ['code', 'status', 'retry helps', 'remedy'];
  return [
    '## In answers',
    table(titles, rows(true)),
    '## In logs and on the command line',
    'Where one of these reaches an answer, it has the status given here.',
    table(titles, rows(false)),
  ].join('\n\n');
}

/** Those of the runtime, of the control process, are left out: the client library names them. */
async function metricTable(): Promise<string> {
  const text = await plainMetrics();
  const rows = [...text.matchAll(/^# HELP (\w+) (.+)\n# TYPE \w+ (\w+)$/gm)]
    .filter(([, name = '']) => !name.startsWith('burnrate_control_'))
    .map(([, name = '', help = '', type = '']) => [`\`${name}\``, type, help]);
  return table(['metric', 'type', 'what it is'], rows);
}

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly 'x-burnrate-role'?: string;
}

function endpointTable(): string {
  const { paths = {} } = documentOfNothing();
  const rows = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => [
      operation.tags?.[0] ?? '',
      `\`${method.toUpperCase()} ${path}\``,
      operation['x-burnrate-role'] ?? 'anyone',
      operation.summary ?? '',
    ]),
  );
  return table(
    ['about', 'endpoint', 'role', 'what it does'],
    rows.sort((a, b) => (a.join() < b.join() ? -1 : 1)),
  );
}

/** The API's own description, from an API that is never asked anything else. */
export const documentOfNothing = () => apiOfNothing().document();

function apiOfNothing() {
  return createApi(plainPorts());
}

function commandPages(): string {
  const program = buildProgram(fakeTerminal().effects, () => undefined);
  return leaves(program, 'burnrate')
    .map(({ words, command }) => commandPage(words, command))
    .join('\n\n');
}

function leaves(command: Command, words: string): { words: string; command: Command }[] {
  if (command.commands.length === 0) return [{ words, command }];
  return command.commands.flatMap((child) => leaves(child, `${words} ${child.name()}`));
}

function commandPage(words: string, command: Command): string {
  const places = command.registeredArguments.map((place) =>
    place.required ? `<${place.name()}>` : `[${place.name()}]`,
  );
  const rows = command.options.map((option) => [
    `\`${option.flags}\``,
    [option.description, option.mandatory ? 'required' : '', shownDefault(option.defaultValue)]
      .filter(Boolean)
      .join('; '),
  ]);
  const title = `### \`${[words, ...places].join(' ')}\``;
  return [title, `${sentence(command.description())}`, table(['option', 'meaning'], rows)].join('\n\n');
}

function shownDefault(value: unknown): string {
  return value === undefined ? '' : `default ${String(value)}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
