import type { Environment } from '../config/index.ts';

/** Variables a configuration names: those not set count as set, because a secret never changes a cost. In CI there are none. */
export function withoutSecrets(text: string, environment: Environment): Environment {
  const names = [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].flatMap(([, name]) => name ?? []);
  return { ...Object.fromEntries(names.map((name) => [name, 'unset'])), ...environment };
}
