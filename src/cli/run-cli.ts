import { CommanderError } from 'commander';
import { BurnrateError } from '../base/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { WrongUse } from './wrong-use.ts';

/**
 * Runs one command line (without `node burnrate`) and tells how it ended. Whatever goes wrong is said on stderr with its
 * code and remedy; nothing is thrown but defects.
 */
export async function runCli(words: readonly string[], effects: Effects): Promise<ExitCode> {
  let code: ExitCode = exitCodes.fine;
  const program = buildProgram(effects, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, words.includes('--json'), effects);
  }
}

function failed(error: unknown, json: boolean, effects: Effects): ExitCode {
  // Help and version end a parse by being thrown, with nothing wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.wrongUse;
  if (error instanceof WrongUse) {
    effects.stderr.write(`error: ${error.message}\n`);
    return exitCodes.wrongUse;
  }
  if (error instanceof BurnrateError) {
    effects.stderr.write(json ? errorJson(error) : `error: ${error.message}\n  ${error.remedy} (${error.code})\n`);
    return wrongUseCodes.has(error.code) ? exitCodes.wrongUse : exitCodes.couldNotRun;
  }
  throw error;
}

/** Codes that say that what was asked makes no sense, rather than that it could not be done. */
const wrongUseCodes = new Set<BurnrateError['code']>(['validation_failed', 'bad_request', 'USAGE_INVALID']);

function errorJson({ code, message, remedy }: BurnrateError): string {
  return `${JSON.stringify({ error: { code, message, remedy } })}\n`;
}
