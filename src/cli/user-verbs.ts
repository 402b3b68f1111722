import { type Command, Option } from 'commander';
import { userRoles } from '../books/index.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { changeUser, createUser, listUsers, revokeUser } from './users.ts';
import { instanceGroup } from './verb-options.ts';

/** `burnrate users list|create|change|revoke`. */
export function addUserVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const verb = instanceGroup(program, 'users', 'people who may sign in to a running instance');
  const role = () => new Option('--role <role>', 'what they may do').choices([...userRoles]);
  verb('list', 'every user with their role').action(async (options) => done(await listUsers(effects, options)));
  verb('create', 'let a person sign in and show their token once')
    .argument('<name>')
    .addOption(role().default('viewer'))
    .action(async (name, options) => done(await createUser(effects, name, options)));
  verb('change', 'give a user another role')
    .argument('<name>')
    .addOption(role().makeOptionMandatory())
    .action(async (name, options) => done(await changeUser(effects, name, options)));
  verb('revoke', 'end the token and the sessions of a user')
    .argument('<name>')
    .action(async (name, options) => done(await revokeUser(effects, name, options)));
}
