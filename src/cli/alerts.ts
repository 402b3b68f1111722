import type { AlertAnswer, AlertsAnswer } from '../api/index.ts';
import { apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface AlertOptions extends InstanceOptions {
  readonly json?: boolean;
}

export interface ListAlertOptions extends AlertOptions {
  readonly all?: boolean;
  readonly kind?: string;
}

export async function listAlerts(effects: Effects, options: ListAlertOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const query: [string, string][] = [
    ...(options.all ? [] : [['state', 'firing'] as [string, string]]),
    ...(options.kind ? [['kind', options.kind] as [string, string]] : []),
  ];
  const answer = await client.get<AlertsAnswer>('/api/alerts', query);
  print(effects, options.json === true, answer, () => alertsText(answer.alerts, terminalWidth(effects)));
  return exitCodes.fine;
}

export async function silenceAlert(
  effects: Effects,
  id: string,
  options: AlertOptions & { readonly hours: number },
): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const path = `/api/alerts/${encodeURIComponent(id)}/silence`;
  const alert = await client.send<AlertAnswer>('POST', path, { hours: options.hours });
  print(effects, options.json === true, alert, () =>
    alert.silencedUntil
      ? `Nobody is told of ${alert.id} until ${alert.silencedUntil}.`
      : `${alert.id} is told of again.`,
  );
  return exitCodes.fine;
}

export async function acknowledgeAlert(effects: Effects, id: string, options: AlertOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const alert = await client.send<AlertAnswer>('POST', `/api/alerts/${encodeURIComponent(id)}/acknowledge`);
  print(effects, options.json === true, alert, () => `You look after ${alert.id}: ${alert.summary}.`);
  return exitCodes.fine;
}

function alertsText(alerts: readonly AlertAnswer[], width: number): string {
  if (alerts.length === 0) return 'No alert fires.';
  return table(
    ['severity', 'state', 'since', 'what', 'id'].map((title) => ({ title, flexible: title === 'what' })),
    alerts.map((alert) => [alert.severity, alert.state, alert.startedAt.slice(0, 16), alert.summary, alert.id]),
    width,
  );
}
