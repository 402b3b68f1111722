import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { traceFormats } from '../pilot/index.ts';
import { addAdviceVerbs } from './advice-verbs.ts';
import { addAlertVerbs } from './alert-verbs.ts';
import { addBudgetVerbs } from './budget-verbs.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import type { Effects } from './effects.ts';
import { emulate } from './emulate.ts';
import type { ExitCode } from './exit-codes.ts';
import { addForecastVerbs } from './forecast-verbs.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { price, prices } from './price.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { addReviewVerbs } from './review-verbs.ts';
import { addSeriesVerbs } from './series-verbs.ts';
import { serve } from './serve.ts';
import { whatIf } from './what-if.ts';

/** Runs a verb; its exit code goes to `done`. */
type Done = (code: ExitCode) => void;

/** Every verb with its options. `done` hears how the one that ran ended. */
export function buildProgram(effects: Effects, done: Done): Command {
  const program = new Command('burnrate')
    .description('Meters every LLM call, attributes it, and shows what an outcome costs.')
    .version(effects.version)
    .showHelpAfterError('(burnrate --help lists every verb and option)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => effects.stdout.write(text),
      writeErr: (text) => effects.stderr.write(text),
    });
  addRunning(program, effects, done);
  addPrices(program, effects, done);
  addQuestions(program, effects, done);
  addBudgetVerbs(program, effects, done);
  addAlertVerbs(program, effects, done);
  addReviewVerbs(program, effects, done);
  addAdviceVerbs(program, effects, done);
  addTraffic(program, effects, done);
  addForecastVerbs(program, effects, done);
  addSeriesVerbs(program, effects, done);
  return program;
}

const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
const jsonOption = ['--json', 'print JSON'] as const;
const urlOption = ['--url <url>', 'the running instance; BURNRATE_URL or the configured address when absent'] as const;

function addRunning(program: Command, effects: Effects, done: Done): void {
  program
    .command('serve')
    .description('run the gateway, the API and the dashboard')
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await serve(effects, options)));
  program
    .command('demo')
    .description('run on a provider emulator with simulated traffic; no keys needed')
    .option('--listen <address>', 'address and port; 127.0.0.1:4700 when absent')
    .option('--data <folder>', 'where simulated data is kept')
    .option(...jsonOption)
    .action(async (options) => done(await demo(effects, options)));
  program
    .command('doctor')
    .description('check configuration, engines, keys and prices')
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await doctor(effects, options)));
}

function addPrices(program: Command, effects: Effects, done: Done): void {
  program
    .command('price')
    .description('cost lines and total of one provider usage object')
    .requiredOption('--provider <name>', 'provider, as configured or in the price list')
    .requiredOption('--model <name>', 'model, as the provider names it')
    .requiredOption('--usage <json>', 'the usage object exactly as the provider returned it')
    .option('--tier <name>', 'service tier; what the usage names, else standard')
    .option('--at <date>', 'the day or moment; now when absent')
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await price(effects, options)));
  program
    .command('prices')
    .description('the prices in force, with the contract prices of the configuration')
    .argument('[search]', 'part of a model name')
    .option('--provider <name>', 'only this provider')
    .option('--limit <n>', 'how many are shown', wholeFrom(1), 50)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (search, options) => done(await prices(effects, search, options)));
}

function addQuestions(program: Command, effects: Effects, done: Done): void {
  program
    .command('report')
    .description('cost tree and unit costs of a running instance; `report weekly` is the weekly review')
    .addArgument(new Argument('[kind]', 'weekly: this week beside the one before').choices(['weekly']))
    .option('--week <day>', 'weekly: any day of the week meant; the last whole week when absent')
    .option('--markdown', 'weekly: as Markdown')
    .option('--by <dimensions>', 'a table by these dimensions instead, like team,stage')
    .option('--workflow <name>', 'only this workflow')
    .option('--full', 'the full cost: overheads and people too, and who bears it (--by)')
    .option('--from <time>', 'start, RFC 3339; 24 hours before the end when absent')
    .option('--to <time>', 'end, RFC 3339; now when absent')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (kind, options) => done(await report(effects, kind, options)));
  program
    .command('whatif')
    .description('what recorded history would have cost under another policy')
    .argument('<policy>', 'YAML file that names stages as burnrate.yaml does, with what they would do otherwise')
    .option('--from <time>', 'start, RFC 3339; 24 hours before the end when absent')
    .option('--to <time>', 'end, RFC 3339; now when absent')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (policy, options) => done(await whatIf(effects, policy, options)));
  const keys = program.command('keys').description('access keys of a running instance');
  keys
    .command('list')
    .description('every key, without its secret')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (options) => done(await listKeys(effects, options)));
  keys
    .command('create')
    .description('make a key and show its secret once')
    .argument('<name>')
    .option('--id <id>', 'an id of your own, so that repeating makes no second key')
    .option('--team <name>', 'what calls of it belong to when they say nothing themselves')
    .option('--feature <name>')
    .option('--customer <name>')
    .option('--plan <name>')
    .option('--environment <name>')
    .option('--model <name...>', 'models it may ask for; all when absent')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (name, options) => done(await createKey(effects, name, options)));
  keys
    .command('revoke')
    .description('refuse every further call with a key')
    .argument('<id>')
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (id, options) => done(await revokeKey(effects, id, options)));
}

function addTraffic(program: Command, effects: Effects, done: Done): void {
  program
    .command('replay')
    .description('send a recorded trace through a running instance')
    .argument('<trace>', 'the trace file')
    .addOption(new Option('--format <name>', 'format of the trace').choices(['auto', ...traceFormats]).default('auto'))
    .option('--speed <factor>', 'trace seconds per second; 0 sends as fast as it can', speed, 1)
    .addOption(
      new Option('--kind <name>', 'wire format of the requests')
        .choices(['openai', 'anthropic', 'gemini'])
        .default('openai'),
    )
    .option('--model <name>', 'model of every request')
    .option('--key <secret>', 'access key')
    .option('--workflow <name>', 'attribution of every request')
    .option('--stage <name>', 'attribution of every request')
    .option('--stream-share <share>', 'share of requests sent as streams, 0 to 1', share, 0)
    .option('--concurrency <n>', 'most requests in flight', wholeFrom(1), 256)
    .option('--limit <n>', 'stop after this many records', wholeFrom(1))
    .option(...urlOption)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (trace, options) => done(await replay(effects, trace, options)));
  program
    .command('emulate')
    .description('run the provider emulator alone')
    .option('--port <n>', 'port; any free one when 0', wholeFrom(0), 0)
    .option('--host <address>', 'address', '127.0.0.1')
    .option('--scenario <file>', 'how the provider behaves')
    .option('--seed <n>', 'seed of every draw', wholeFrom(0))
    .option(...jsonOption)
    .action(async (options) => done(await emulate(effects, options)));
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be between 0 and 1.');
}

function speed(text: string): number {
  const value = Number(text);
  if (value === 0) return Number.POSITIVE_INFINITY;
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0, or 0 for as fast as it can.');
}
