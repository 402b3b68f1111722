import type { Effects } from './effects.ts';

/** Prints either the data as JSON or what `show` makes of it for people. */
export function print(effects: Effects, json: boolean, data: unknown, show: () => string): void {
  effects.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : ensureNewline(show()));
}

export function printLine(effects: Effects, line = ''): void {
  effects.stdout.write(`${line}\n`);
}

function ensureNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
