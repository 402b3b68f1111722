#!/usr/bin/env node
/**
 * `npm test`: installs and builds what is missing, checks types and style, and runs every test. The last line is alone
 * and has one form, for programs: `N passed, N failed`, with `, N skipped` when some were.
 * Words after `npm test --` go to vitest, like the name of a file.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, repository } from './prepare.mjs';

await ensureInstalled();
await ensureBuilt();
const checksFailed =
  (await run('npm', ['run', '--silent', 'typecheck'])) + (await run('npm', ['run', '--silent', 'lint']));
const { code, counts } = await runTests();
const { passed, failed, skipped } = counts;
const failures = failed + checksFailed + (code !== 0 && failed === 0 ? 1 : 0);
if (checksFailed > 0) console.log(`\n${checksFailed} of the type and style checks failed; see above.`);
if (code !== 0 && failed === 0) console.log('\nThe test runner itself failed; see above.');
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failures === 0 ? 0 : 1);

/** 0 when the command is content, 1 when not. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: repository, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (exitCode) => resolve(exitCode === 0 ? 0 : 1));
  });
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-test-'));
  const report = join(folder, 'report.json');
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = await run(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)]);
  const counts = readCounts(report);
  rmSync(folder, { recursive: true, force: true });
  return { code: exitCode, counts };
}

/** A run that broke off writes no report; that is a failure, and its counts are not known. */
function readCounts(report) {
  try {
    const { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that cannot even be loaded has no failed test in it, and has failed all the same.
    const brokenFiles = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
    );
    return {
      passed: numPassedTests,
      failed: numFailedTests + brokenFiles.length,
      skipped: numPendingTests + numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
