import type { Command } from 'commander';
import { acknowledgeAlert, listAlerts, silenceAlert } from './alerts.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';
import { anyNumber } from './option-values.ts';
import { instanceGroup } from './verb-options.ts';

/** `burnrate alerts list|silence|acknowledge`. */
export function addAlertVerbs(program: Command, effects: Effects, done: (code: ExitCode) => void): void {
  const verb = instanceGroup(program, 'alerts', 'what is not as usual in a running instance');
  verb('list', 'alerts that fire, newest first')
    .option('--all', 'those that are over too')
    .option('--kind <name>', 'only this kind, like token-spike')
    .action(async (options) => done(await listAlerts(effects, options)));
  verb('silence', 'tell nobody of an alert for a while')
    .argument('<id>')
    .option('--hours <n>', 'from now; 0 ends a silence', anyNumber(0), 8)
    .action(async (id, options) => done(await silenceAlert(effects, id, options)));
  verb('acknowledge', 'say that you look after an alert')
    .argument('<id>')
    .action(async (id, options) => done(await acknowledgeAlert(effects, id, options)));
}
