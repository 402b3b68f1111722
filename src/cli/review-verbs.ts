import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { addReview, decideReview, listReviews, takeReview } from './reviews.ts';

const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
const jsonOption = ['--json', 'print JSON'] as const;
const urlOption = ['--url <url>', 'the running instance; BURNRATE_URL or the configured address when absent'] as const;
const reviewerOption = ['--reviewer <name>', 'whose time it is; who is signed in when absent'] as const;

/** `burnrate reviews list|add|start|release|decide`. */
export function addReviewVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const reviews = program.command('reviews').description('answers people should look at, of a running instance');
  const verb = (words: string, description: string): Command =>
    reviews
      .command(words)
      .description(description)
      .option(...urlOption)
      .option(...configOption)
      .option(...jsonOption);
  verb('list', 'the queue, longest waiting first')
    .addOption(
      new Option('--state <name>', 'only those').choices(['waiting', 'started', 'decided', 'all']).default('waiting'),
    )
    .addOption(new Option('--kind <name>', 'only this kind').choices(['application', 'sample', 'escalation']))
    .option('--workflow <name>', 'only this workflow')
    .action(async (options) => done(await listReviews(effects, options)));
  verb('add', 'send an answer to the queue')
    .option('--call <id>', 'the call whose answer is meant')
    .option('--run <id>', 'the run that is meant')
    .option('--id <id>', 'an id of your own, so that repeating adds nothing')
    .option('--role <name>', 'whose work it is, as under `people`')
    .option('--reason <text>', 'why somebody should look')
    .option('--link <url>', 'where the answer can be seen')
    .option('--escalation', 'a person finishes the run')
    .action(async (options) => done(await addReview(effects, options)));
  verb('start', 'take a review; its time is measured from now on')
    .argument('<id>')
    .option(...reviewerOption)
    .action(async (id, options) => done(await takeReview(effects, 'start', id, options)));
  verb('release', 'give a review back')
    .argument('<id>')
    .option(...reviewerOption)
    .action(async (id, options) => done(await takeReview(effects, 'release', id, options)));
  verb('decide', 'say what is right')
    .argument('<id>')
    .addArgument(new Argument('<decision>').choices(['approve', 'correct', 'reject']))
    .option('--minutes <n>', 'how long it took; measured since it was started when absent', minutes)
    .option('--note <text>', 'what was wrong')
    .option(...reviewerOption)
    .action(async (id, decision, options) => done(await decideReview(effects, id, decision, options)));
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new InvalidArgumentError('It must be a number of minutes.');
}
