import type { Config } from '../config/index.ts';
import type { Ledger, RetentionPeriods, RetentionRule } from '../ledger/index.ts';
import type { SchedulerLog, Task } from './run-tasks.ts';

const everyMs = 3_600_000;

type Retention = Config['retention'];

/** What burnrate.yaml says about how long attempts are kept, whole, sampled and summed. */
export function retentionRule({ retention, workflows }: Pick<Config, 'retention' | 'workflows'>): RetentionRule {
  const own = Object.entries(workflows).flatMap(([name, workflow]): [string, RetentionPeriods][] =>
    workflow.retention ? [[name, periodsOf({ ...retention, ...workflow.retention })]] : [],
  );
  return { ...periodsOf(retention), workflows: Object.fromEntries(own), keepAggregatesMs: retention.aggregates.ms };
}

function periodsOf({ attempts, sampled }: Pick<Retention, 'attempts' | 'sampled'>): RetentionPeriods {
  const sample = sampled && sampled.share > 0 ? { keepMs: sampled.keep.ms, share: sampled.share } : undefined;
  return { keepAttemptsMs: attempts.ms, ...(sample ? { sampled: sample } : {}) };
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
