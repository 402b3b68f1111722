import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc; 100 on every Linux Node runs on. */
const ticksPerSecond = 100;

/** Process ids of `root` and everything it started, directly or not. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  const tree = new Set([root]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [pid, parent] of parents) {
      if (tree.has(parent) && !tree.has(pid)) {
        tree.add(pid);
        grew = true;
      }
    }
  }
  return [...tree];
}

/** Fields of /proc/pid/stat after the command name, which may itself hold spaces. */
function statFields(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // The process ended between listing and reading; it has no cost any more.
    return [];
  }
}

const parentOf = (pid: number) => Number(statFields(pid)[1] ?? 0);

/** CPU seconds, user and system, the processes have used so far. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statFields(pid);
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
  }, 0);
}

/** Resident memory of the processes, MB. */
export function residentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + Number(statFields(pid)[21] ?? 0) * 4096, 0) / 1e6;
}

/** Those of the processes whose command line holds `word`. */
export function processesNamed(pids: readonly number[], word: string): number[] {
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      // The process ended between listing and reading.
      return false;
    }
  });
}
