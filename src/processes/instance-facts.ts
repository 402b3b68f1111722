import type { InstanceFacts } from '../api/index.ts';
import { activeFeatures, type Config, type Feature } from '../config/index.ts';

/** Features the dashboard has a place for. */
const shownFeatures: readonly Feature[] = [
  'budgets',
  'plans',
  'forecast',
  'full cost',
  'alerts',
  'pilot',
  'human review',
];

/** What the API says of the instance it belongs to. */
export function instanceFacts(
  options: {
    readonly config: Config;
    readonly version: string;
    readonly simulated: boolean;
    readonly adminToken: string | undefined;
    readonly startedAtMs: number;
  },
  port: number,
): InstanceFacts {
  const { config, version, simulated, adminToken, startedAtMs } = options;
  return {
    version,
    simulated,
    startedAtMs,
    timeZone: config.timeZone,
    url: instanceUrl(config, port),
    access: config.access,
    signIn: Boolean(adminToken),
    providers: Object.entries(config.providers).map(([name, { kind }]) => ({ name, kind })),
    workflows: Object.keys(config.workflows),
    features: Object.fromEntries(shownFeatures.map((feature) => [feature, activeFeatures.has(feature)])),
  };
}

/** Where the public address answers. */
export function instanceUrl({ listen }: Pick<Config, 'listen'>, port: number): string {
  return `http://${shownHost(listen.host)}:${port}`;
}

/** An address to type into a browser: every interface is reached on loopback too. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
