import { Argument, Command, Option } from 'commander';
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
import { addKeyVerbs } from './key-verbs.ts';
import { anyNumber, speed, wholeNumber } from './option-values.ts';
import { price, prices } from './price.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { addReviewVerbs } from './review-verbs.ts';
import { addSeriesVerbs } from './series-verbs.ts';
import { serve } from './serve.ts';
import { addUserVerbs } from './user-verbs.ts';
import { askingInstance, configOption, fromOption, jsonOption, toOption } from './verb-options.ts';
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
  addKeyVerbs(program, effects, done);
  addUserVerbs(program, effects, done);
  addBudgetVerbs(program, effects, done);
  addAlertVerbs(program, effects, done);
  addReviewVerbs(program, effects, done);
  addAdviceVerbs(program, effects, done);
  addTraffic(program, effects, done);
  addForecastVerbs(program, effects, done);
  addSeriesVerbs(program, effects, done);
  return program;
}

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
    .option('--limit <n>', 'how many are shown', wholeNumber(1), 50)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (search, options) => done(await prices(effects, search, options)));
}

function addQuestions(program: Command, effects: Effects, done: Done): void {
  askingInstance(
    program
      .command('report')
      .description('cost tree and unit costs of a running instance; `report weekly` is the weekly review'),
  )
    .addArgument(new Argument('[kind]', 'weekly: this week beside the one before').choices(['weekly']))
    .option('--week <day>', 'weekly: any day of the week meant; the last whole week when absent')
    .option('--markdown', 'weekly: as Markdown')
    .option('--by <dimensions>', 'a table by these dimensions instead, like team,stage')
    .option('--workflow <name>', 'only this workflow')
    .option('--full', 'the full cost: overheads and people too, and who bears it (--by)')
    .option(...fromOption)
    .option(...toOption)
    .action(async (kind, options) => done(await report(effects, kind, options)));
  askingInstance(program.command('whatif').description('what recorded history would have cost under another policy'))
    .argument('<policy>', 'YAML file that names stages as burnrate.yaml does, with what they would do otherwise')
    .option(...fromOption)
    .option(...toOption)
    .action(async (policy, options) => done(await whatIf(effects, policy, options)));
}

function addTraffic(program: Command, effects: Effects, done: Done): void {
  askingInstance(program.command('replay').description('send a recorded trace through a running instance'))
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
    .option('--stream-share <share>', 'share of requests sent as streams, 0 to 1', anyNumber(0, 1), 0)
    .option('--concurrency <n>', 'most requests in flight', wholeNumber(1), 256)
    .option('--limit <n>', 'stop after this many records', wholeNumber(1))
    .action(async (trace, options) => done(await replay(effects, trace, options)));
  program
    .command('emulate')
    .description('run the provider emulator alone')
    .option('--port <n>', 'port; any free one when 0', wholeNumber(0), 0)
    .option('--host <address>', 'address', '127.0.0.1')
    .option('--scenario <file>', 'how the provider behaves')
    .option('--seed <n>', 'seed of every draw', wholeNumber(0))
    .option(...jsonOption)
    .action(async (options) => done(await emulate(effects, options)));
}
