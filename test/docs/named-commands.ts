import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/index.ts';
import { fakeTerminal } from '../fakes/fake-terminal.ts';

const program = buildProgram(fakeTerminal().effects, () => undefined);

/** What is wrong with the commands a piece of code types: verbs and options that do not exist. */
export function wrongCommands(code: string): string[] {
  return [...code.matchAll(/(?<![\w./-])(?:burnrate|node dist\/main\.js) ([^#;&|]+)/g)].flatMap(([, words = '']) =>
    wrongWords(words.trim().split(/\s+/)),
  );
}

function wrongWords(words: readonly string[]): string[] {
  let command: Command = program;
  let depth = 0;
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (!child) break;
    command = child;
    depth += 1;
  }
  // `burnrate <verb>` and prose that goes on without one.
  if (depth === 0) return /^[a-z]+$/.test(words[0] ?? '') ? [`burnrate ${words[0]} is no command`] : [];
  const known = new Set(chain(command).flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short])));
  return words
    .slice(depth)
    .flatMap((word) => /^(--[a-z][a-z-]*)/.exec(word)?.[1] ?? [])
    .filter((flag) => !known.has(flag) && flag !== '--help')
    .map((flag) => `${words.slice(0, depth).join(' ')} has no ${flag}`);
}

function chain(command: Command): Command[] {
  return command.parent ? [command, ...chain(command.parent)] : [command];
}
