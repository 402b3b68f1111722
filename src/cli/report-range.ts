import type { InstanceOptions } from './api-client.ts';
import { WrongUse } from './wrong-use.ts';

export interface ReportOptions extends InstanceOptions {
  readonly by?: string;
  readonly workflow?: string;
  readonly full?: boolean;
  readonly week?: string;
  readonly markdown?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** The range of a report as query parameters. */
export function rangeOf({ from, to }: Pick<ReportOptions, 'from' | 'to'>): [string, string][] {
  return [
    ...(from === undefined ? [] : [['from', from] as [string, string]]),
    ...(to === undefined ? [] : [['to', to] as [string, string]]),
  ];
}

/** What is looked at of the range, as query parameters. */
export function onlyOf({ workflow }: Pick<ReportOptions, 'workflow'>): [string, string][] {
  return workflow === undefined ? [] : [['where', `workflow:${workflow}`]];
}

/** @throws WrongUse when an option is given that the kind of report does not heed */
export function checkTogether(kind: 'weekly' | undefined, options: ReportOptions): void {
  const others =
    kind === 'weekly' ? (['by', 'workflow', 'full', 'from', 'to'] as const) : (['week', 'markdown'] as const);
  const given = others.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new WrongUse(
    kind === 'weekly'
      ? `--${given} is not of \`report weekly\`; name the week with --week`
      : `--${given} is of \`report weekly\``,
  );
}
