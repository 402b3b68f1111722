import type { InstanceOptions } from './api-client.ts';

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
