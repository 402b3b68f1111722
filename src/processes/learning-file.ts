import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LearningStore } from '../gateway/index.ts';
import type { Log } from './log.ts';

/**
 * Keeps what a worker learned in one small file, which all workers of an instance write and read: they see the same
 * traffic, and the newest is as good as any. It is replaced whole, so that a reader never sees half of it.
 */
export function learningFile(path: string, log: Log): LearningStore {
  const draft = `${path}.${process.pid}`;
  return {
    load() {
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        // Absent at the first start; and a file nobody can read is worth no more than none.
        return null;
      }
    },
    save(learned) {
      try {
        writeFileSync(draft, JSON.stringify(learned), { mode: 0o600 });
        renameSync(draft, path);
      } catch (error) {
        log('warn', 'learning_not_kept', { path, error });
      }
    },
  };
}
