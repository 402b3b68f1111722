import type { CreatedUserAnswer, UserAnswer, UsersAnswer } from '../api/index.ts';
import { apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface UserOptions extends InstanceOptions {
  readonly json?: boolean;
}

export interface RoleOptions extends UserOptions {
  readonly role: string;
}

export async function listUsers(effects: Effects, options: UserOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const answer = await client.get<UsersAnswer>('/api/users');
  print(effects, options.json === true, answer, () => usersText(answer, terminalWidth(effects)));
  return exitCodes.fine;
}

export async function createUser(effects: Effects, name: string, options: RoleOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const made = await client.send<CreatedUserAnswer>('POST', '/api/users', { name, role: options.role });
  print(effects, options.json === true, made, () => createdText(made));
  return exitCodes.fine;
}

export async function changeUser(effects: Effects, name: string, options: RoleOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const user = await client.send<UserAnswer>('PUT', pathOf(name), { role: options.role });
  print(effects, options.json === true, user, () => `${user.name} is ${user.role} now.`);
  return exitCodes.fine;
}

export async function revokeUser(effects: Effects, name: string, options: UserOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const user = await client.send<UserAnswer>('DELETE', pathOf(name));
  print(effects, options.json === true, user, () => `${user.name} may sign in no more.`);
  return exitCodes.fine;
}

const pathOf = (name: string): string => `/api/users/${encodeURIComponent(name)}`;

function createdText({ user, token }: CreatedUserAnswer): string {
  if (token === null) return `The user ${user.name} (${user.role}) was there before; their token is not shown again.`;
  return [
    `User ${user.name} (${user.role})`,
    `  ${token}`,
    'It is shown this once. They sign in with it on the dashboard, or set BURNRATE_TOKEN to it for commands.',
  ].join('\n');
}

function usersText({ users, signInAsked }: UsersAnswer, width: number): string {
  const open = signInAsked
    ? []
    : ['No sign-in is asked for: everyone who reaches this instance is its administrator. Set BURNRATE_ADMIN_TOKEN.'];
  if (users.length === 0) return ['There are no users. `burnrate users create <name>` makes one.', ...open].join('\n');
  const columns = [
    { title: 'name', flexible: true },
    { title: 'role' },
    { title: 'token ends with' },
    { title: 'created' },
    { title: 'state' },
  ];
  const rows = users.map(({ name, role, hint, createdAt, revokedAt }) => [
    ...[name, role, hint, createdAt.slice(0, 10)],
    revokedAt === null ? 'active' : 'revoked',
  ]);
  return [table(columns, rows, width), ...open].join('\n');
}
