import type { CreatedKeyAnswer, KeyAnswer, KeysAnswer } from '../api/index.ts';
import { type ApiClient, apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface KeyOptions extends InstanceOptions {
  readonly json?: boolean;
}

export interface CreateKeyOptions extends KeyOptions {
  readonly id?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly customer?: string;
  readonly plan?: string;
  readonly environment?: string;
  readonly model?: readonly string[];
}

export async function listKeys(effects: Effects, options: KeyOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const answer = await client.get<KeysAnswer>('/api/keys');
  print(effects, options.json === true, answer, () => keysTable(answer.keys, terminalWidth(effects)));
  return exitCodes.fine;
}

export async function createKey(effects: Effects, name: string, options: CreateKeyOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const { id, team, feature, customer, plan, environment, model } = options;
  const body = { id, name, defaults: { team, feature, customer, plan, environment }, allowedModels: model };
  const made = await client.send<CreatedKeyAnswer>('POST', '/api/keys', body);
  print(effects, options.json === true, made, () => createdText(made.key, made.secret, client));
  return exitCodes.fine;
}

export async function revokeKey(effects: Effects, id: string, options: KeyOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const key = await client.send<KeyAnswer>('DELETE', `/api/keys/${encodeURIComponent(id)}`);
  print(
    effects,
    options.json === true,
    key,
    () => `Revoked ${key.id} (${key.name}). Calls with it are refused within a second.`,
  );
  return exitCodes.fine;
}

function createdText(key: KeyAnswer, secret: string | null, client: ApiClient): string {
  if (secret === null) return `The key ${key.id} (${key.name}) was there before; its secret is not shown again.`;
  return [
    `Key ${key.id} (${key.name})`,
    `  ${secret}`,
    `It is shown this once. Use it where your SDK takes an API key, with the base URL ${client.url}/v1.`,
  ].join('\n');
}

function keysTable(keys: readonly KeyAnswer[], width: number): string {
  if (keys.length === 0) return 'There are no keys. `burnrate keys create <name>` makes one.';
  const columns = [
    { title: 'id', flexible: true },
    { title: 'name', flexible: true },
    { title: 'ends with' },
    { title: 'belongs to', flexible: true },
    { title: 'models', flexible: true },
    { title: 'created' },
    { title: 'state' },
  ];
  return table(
    columns,
    keys.map((key) => [
      key.id,
      key.name,
      key.hint,
      Object.entries(key.defaults)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      key.allowedModels.join(' ') || 'all',
      key.createdAt.slice(0, 10),
      key.revokedAt === null ? 'active' : 'revoked',
    ]),
    width,
  );
}
