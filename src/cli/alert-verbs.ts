import { type Command, InvalidArgumentError } from 'commander';
import { acknowledgeAlert, listAlerts, silenceAlert } from './alerts.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';

const configOption = ['--config <file>', 'the configuration; burnrate.yaml here when absent'] as const;
const jsonOption = ['--json', 'print JSON'] as const;
const urlOption = ['--url <url>', 'the running instance; BURNRATE_URL or the configured address when absent'] as const;

/** `burnrate alerts list|silence|acknowledge`. */
export function addAlertVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const alerts = program.command('alerts').description('what is not as usual in a running instance');
  const verb = (words: string, description: string): Command =>
    alerts
      .command(words)
      .description(description)
      .option(...urlOption)
      .option(...configOption)
      .option(...jsonOption);
  verb('list', 'alerts that fire, newest first')
    .option('--all', 'those that are over too')
    .option('--kind <name>', 'only this kind, like token-spike')
    .action(async (options) => done(await listAlerts(effects, options)));
  verb('silence', 'tell nobody of an alert for a while')
    .argument('<id>')
    .option('--hours <n>', 'from now; 0 ends a silence', hours, 8)
    .action(async (id, options) => done(await silenceAlert(effects, id, options)));
  verb('acknowledge', 'say that you look after an alert')
    .argument('<id>')
    .action(async (id, options) => done(await acknowledgeAlert(effects, id, options)));
}

function hours(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new InvalidArgumentError('It must be a number of hours, or 0.');
}
