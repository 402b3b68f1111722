import type { InstanceFacts } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
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
    readonly clock: Clock;
  },
  port: number,
): InstanceFacts {
  const { config, version, simulated, adminToken, clock } = options;
  return {
    version,
    simulated,
    startedAtMs: clock.nowMs(),
    timeZone: config.timeZone,
    url: `http://${shownHost(config.listen.host)}:${port}`,
    access: config.access,
    signIn: Boolean(adminToken),
    providers: Object.entries(config.providers).map(([name, { kind }]) => ({ name, kind })),
    workflows: Object.keys(config.workflows),
    features: Object.fromEntries(shownFeatures.map((feature) => [feature, activeFeatures.has(feature)])),
  };
}

/** An address to type into a browser: every interface is reached on loopback too. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
