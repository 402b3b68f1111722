import type { Clock } from '../base/index.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** One line of the process log; facts never carry a secret, a prompt or an answer. */
export type Log = (level: LogLevel, event: string, facts?: Readonly<Record<string, unknown>>) => void;

/** Log lines as JSON, one each, with the time and the process they come from. */
export function jsonLog(write: (line: string) => void, clock: Clock, from: string): Log {
  return (level, event, facts = {}) => {
    const line = { at: new Date(clock.nowMs()).toISOString(), level, process: from, event, ...facts };
    write(`${JSON.stringify(line, plainValue)}\n`);
  };
}

function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? value.message : value;
}
