import type { Command } from 'commander';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { instanceGroup } from './verb-options.ts';

/** `burnrate keys list|create|revoke`. */
export function addKeyVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const verb = instanceGroup(program, 'keys', 'access keys of a running instance');
  verb('list', 'every key, without its secret').action(async (options) => done(await listKeys(effects, options)));
  verb('create', 'make a key and show its secret once')
    .argument('<name>')
    .option('--id <id>', 'an id of your own, so that repeating makes no second key')
    .option('--team <name>', 'what calls of it belong to when they say nothing themselves')
    .option('--feature <name>')
    .option('--customer <name>')
    .option('--plan <name>')
    .option('--environment <name>')
    .option('--model <name...>', 'models it may ask for; all when absent')
    .action(async (name, options) => done(await createKey(effects, name, options)));
  verb('revoke', 'refuse every further call with a key')
    .argument('<id>')
    .action(async (id, options) => done(await revokeKey(effects, id, options)));
}
