/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out because the registry it was
 * made with does not carry them. Without them `npm ci` refuses the file, and `npm install` on another platform would
 * install no engine. Run it after a dependency changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x'];

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

interface Lock {
  readonly packages: Record<string, Entry>;
}

interface Optional {
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
}

/** Names and versions of optional packages that no entry of the lock describes, with the package that wants them. */
export function missingOptionals(lock: Lock): Optional[] {
  const missing: Optional[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const there = `node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages;
      if (!there && /^\d/.test(version)) missing.push({ name, version, dev: entry.dev === true });
    }
  }
  return missing;
}

function entryOf({ name, version, dev }: Optional): Entry & { readonly os: string[]; readonly cpu: string[] } {
  const words = name.split(/[/-]/);
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  return {
    version,
    cpu: processors.filter((processor) => words.includes(processor)),
    ...(dev ? { dev } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    os: systems.filter((system) => words.includes(system)),
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingOptionals(lock);
  for (const optional of missing) {
    const entry = entryOf(optional);
    if (entry.os.length === 0 || entry.cpu.length === 0)
      throw new Error(`cannot tell the platform of ${optional.name}`);
    lock.packages[`node_modules/${optional.name}`] = entry;
  }
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
  console.log(`${missing.length} packages of other platforms added`);
}
