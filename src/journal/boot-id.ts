import { readFileSync } from 'node:fs';

/**
 * Names the run of the machine since it was switched on; a kill of a process leaves it, a power cut does not. Empty
 * where the system does not tell, and then a journal that did not end in order counts as one that may lack entries.
 */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
