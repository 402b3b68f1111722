import type { Config } from '../config/index.ts';
import type { Ledger, RetentionPeriods, RetentionRule } from '../ledger/index.ts';
import type { SchedulerLog, Task } from './run-tasks.ts';

const everyMs = 3_600_000;

/** What burnrate.yaml says about how long attempts are kept, whole, sampled and summed. */
export function retentionRule({ retention, workflows }: Pick<Config, 'retention' | 'workflows'>): RetentionRule {
  const sampled = retention.sampled
    ? { sampled: { keepMs: retention.sampled.keep.ms, share: retention.sampled.share } }
    : {};
  const own = Object.entries(workflows).flatMap(([name, workflow]): [string, RetentionPeriods][] =>
    workflow.retention ? [[name, { keepAttemptsMs: workflow.retention.attempts.ms, ...sampled }]] : [],
  );
  return {
    keepAttemptsMs: retention.attempts.ms,
    ...sampled,
    workflows: Object.fromEntries(own),
    keepAggregatesMs: retention.aggregates.ms,
  };
}

/** Deletes what is older than the configuration keeps; sums stay. */
export function retentionTask(rule: RetentionRule, ledger: Pick<Ledger, 'applyRetention'>, log: SchedulerLog): Task {
  return {
    name: 'retention',
    everyMs,
    async run(nowMs) {
      const { attemptsDeleted } = await ledger.applyRetention(rule, nowMs);
      if (attemptsDeleted > 0) log('info', 'retention_applied', { attemptsDeleted });
    },
  };
}
