import { Argument, type Command, Option } from 'commander';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { anyNumber } from './option-values.ts';
import { addReview, decideReview, listReviews, takeReview } from './reviews.ts';
import { instanceGroup } from './verb-options.ts';

const reviewerOption = ['--reviewer <name>', 'whose time it is; who is signed in when absent'] as const;

/** `burnrate reviews list|add|start|release|decide`. */
export function addReviewVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const verb = instanceGroup(program, 'reviews', 'answers people should look at, of a running instance');
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
    .option('--minutes <n>', 'how long it took; measured since it was started when absent', anyNumber(0))
    .option('--note <text>', 'what was wrong')
    .option(...reviewerOption)
    .action(async (id, decision, options) => done(await decideReview(effects, id, decision, options)));
}
