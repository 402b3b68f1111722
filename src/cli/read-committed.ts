import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { BurnrateError } from '../base/index.ts';

const run = promisify(execFile);
const bytesMax = 16_000_000;
const answerMsMax = 20_000;

/**
 * The file at `path` as git has it at `ref`.
 * @throws BurnrateError CONFIG_UNREADABLE when there is neither such a state nor the file in it
 */
export async function readCommitted(ref: string, path: string): Promise<string> {
  // A name that begins with a dash would be read as an option.
  const object = `${ref.replace(/^-+/, '')}:./${basename(path)}`;
  try {
    const options = { cwd: dirname(path), maxBuffer: bytesMax, timeout: answerMsMax };
    return (await run('git', ['show', object], options)).stdout;
  } catch (cause) {
    throw new BurnrateError('CONFIG_UNREADABLE', {
      message: `${ref} is neither a file nor a state of ${basename(path)} that git knows`,
      cause,
    });
  }
}
