import type { CostsAnswer, WorkflowsAnswer, WorkflowTreeAnswer } from '../api/index.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { reportFull } from './report-full.ts';
import { checkTogether, onlyOf, type ReportOptions, rangeOf } from './report-range.ts';
import { costsText, treeText } from './report-text.ts';
import { reportWeekly } from './report-weekly.ts';
import { sumNotes } from './shown.ts';
import { terminalWidth } from './terminal.ts';

/** `burnrate report`: the cost tree of each workflow with its unit costs, or a table by dimensions with `--by`. */
export async function report(effects: Effects, kind: 'weekly' | undefined, options: ReportOptions): Promise<ExitCode> {
  checkTogether(kind, options);
  if (kind === 'weekly') return reportWeekly(effects, options);
  if (options.full) return reportFull(effects, options);
  const client = await apiClient(effects, options);
  const width = terminalWidth(effects);
  if (options.by !== undefined) {
    const costs = await client.get<CostsAnswer>('/api/costs', [
      ...rangeOf(options),
      ['by', options.by],
      ...onlyOf(options),
    ]);
    print(effects, options.json === true, costs, () => costsText(costs, width));
    return exitCodes.fine;
  }
  const [costs, trees] = await Promise.all([
    client.get<CostsAnswer>('/api/costs', [...rangeOf(options), ...onlyOf(options)]),
    readTrees(client, options),
  ]);
  const data = { totalUsd: costs.totalUsd, simulated: costs.simulated, range: costs.range, workflows: trees };
  print(effects, options.json === true, data, () => reportText(costs, trees, width));
  return exitCodes.fine;
}

const nameless = '(none)';

async function readTrees(client: ApiClient, options: ReportOptions): Promise<readonly WorkflowTreeAnswer[]> {
  const names = options.workflow === undefined ? await workflowNames(client, options) : [options.workflow];
  // Calls that name no workflow have a tree too; in a path it needs a name.
  const path = (name: string) => `/api/workflows/${encodeURIComponent(name || nameless)}/tree`;
  return Promise.all(names.map((name) => client.get<WorkflowTreeAnswer>(path(name), rangeOf(options))));
}

async function workflowNames(client: ApiClient, options: ReportOptions): Promise<readonly string[]> {
  const answer = await client.get<WorkflowsAnswer>('/api/workflows', rangeOf(options));
  return answer.workflows.map((workflow) => workflow.name);
}

function reportText(costs: CostsAnswer, trees: readonly WorkflowTreeAnswer[], width: number): string {
  if (costs.total.attempts === 0) return `No calls from ${costs.range.from} to ${costs.range.to}.`;
  const head = costsHead(costs);
  if (trees.length === 0) {
    return `${head}\nNo call names a workflow; send the header burnrate-workflow to see its cost tree. \`--by model\` shows the rest.`;
  }
  return [head, ...trees.map((tree) => treeText(tree, width))].join('\n\n');
}

function costsHead({ range, total, simulated }: CostsAnswer): string {
  const sums = `${range.from} to ${range.to}: ${total.costUsd} USD, ${total.calls} calls, ${total.attempts} attempts`;
  return [sums, ...sumNotes({ ...total, simulated })].join('\n');
}
