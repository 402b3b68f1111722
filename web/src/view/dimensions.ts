import { attributionNames } from '../../../src/tree/index.ts';

/** Dimensions offered for breakdowns, grouped as they are shown. Tags are reached by typing `tag.<name>` in the URL. */
export const dimensionGroups: readonly { readonly group: string; readonly items: readonly string[] }[] = [
  { group: 'What it is for', items: attributionNames.filter((name) => name !== 'session' && name !== 'interaction') },
  { group: 'Conversation', items: ['session', 'interaction'] },
  { group: 'What was called', items: ['provider', 'model', 'modelRequested', 'tier', 'operation', 'key', 'streamed'] },
  { group: 'What it cost for', items: ['line', 'bucket'] },
  {
    group: 'How it went',
    items: ['status', 'failure', 'cause', 'reason', 'layer', 'usageSource', 'priceState', 'simulated'],
  },
  { group: 'When', items: ['minute', 'hour', 'day', 'week', 'month'] },
];

const labels: Readonly<Record<string, string>> = {
  promptVersion: 'Prompt version',
  modelRequested: 'Model asked for',
  usageSource: 'Usage source',
  priceState: 'Price known',
  cause: 'After failure',
  line: 'Cost line',
  bucket: 'Token bucket',
};

/** `promptVersion` → `Prompt version`, `tag.region` → `region (tag)`. */
export function dimensionLabel(name: string): string {
  if (name.startsWith('tag.')) return `${name.slice(4)} (tag)`;
  return labels[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

const drillOrder = ['team', 'workflow', 'stage', 'model', 'run'];

/** What to group by next when a row is opened: the next finer dimension not yet fixed, at last the runs. */
export function nextDimension(current: string, fixed: readonly string[]): string {
  const after = drillOrder.slice(drillOrder.indexOf(current) + 1);
  return after.find((name) => name !== current && !fixed.includes(name)) ?? 'run';
}
