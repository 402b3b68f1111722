import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const commandMsMax = 60_000;

/** Runs one command of the built package to its end, in the repository's folder. */
export function burnrate(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, BURNRATE_URL: 'http://127.0.0.1:1', ...environment };
  const options = { cwd: repository, env, timeout: commandMsMax };
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
    const child = execFile(process.execPath, [join('dist', 'main.js'), ...words], options, (_error, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    );
  });
}
