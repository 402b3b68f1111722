import type { Config, Stage, Workflow } from '../../config/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { centralRun, meteredUsd } from '../scenario/central.ts';

/** What retrieved context costs, and what keeping less of it saves. */
export interface ContextTrim {
  readonly workflow: string;
  /** Share of the input tokens that is retrieved context. */
  readonly shareOfInputTokens: number;
  /** What providers bill in the first month, dollars. */
  readonly monthUsd: number;
  /** The same with no retrieved context at all. */
  readonly monthWithoutUsd: number;
  /** Share of the bill that is due to retrieved context. */
  readonly shareOfBill: number;
  readonly trims: readonly { readonly tokens: number; readonly monthUsd: number; readonly savedUsd: number }[];
}

/**
 * Runs a workflow with its retrieved context cut to each of `tokens`.
 * @param rebuild compiles a changed configuration with the same prices
 */
export function contextTrim(
  model: ForecastModel,
  workflow: string,
  tokens: readonly number[],
  rebuild: (config: Config) => ForecastModel | null,
): ContextTrim | null {
  const index = model.workflows.findIndex(({ name }) => name === workflow);
  const [scenario] = model.scenarios;
  if (index < 0 || !scenario) return null;
  const cost = (of: ForecastModel): number => {
    const same = of.scenarios.find(({ name }) => name === scenario.name) ?? scenario;
    return meteredUsd({ ...centralRun({ ...of, months: of.months.slice(0, 1) }, [same]) });
  };
  const trimmed = (limit: number): number => {
    const changed = rebuild(withRetrieval(model.config, workflow, limit));
    return changed ? cost(changed) : Number.NaN;
  };
  const { counts } = centralRun(model, [scenario]).first[index] as ReturnType<typeof centralRun>['first'][number];
  const monthUsd = cost(model);
  const monthWithoutUsd = trimmed(0);
  return {
    workflow,
    shareOfInputTokens: (counts.retrievalTokens[0] ?? 0) / Math.max(1e-12, counts.firstInputTokens[0] ?? 0),
    monthUsd,
    monthWithoutUsd,
    shareOfBill: monthUsd > 0 ? 1 - monthWithoutUsd / monthUsd : 0,
    trims: tokens.map((limit) => {
      const usd = trimmed(limit);
      return { tokens: limit, monthUsd: usd, savedUsd: monthUsd - usd };
    }),
  };
}

function withRetrieval(config: Config, name: string, tokens: number): Config {
  const workflow = config.workflows[name];
  if (!workflow) return config;
  const stages = Object.entries(workflow.stages).map(([key, stage]): [string, Stage] => [key, cut(stage, tokens)]);
  const changed: Workflow = { ...workflow, stages: Object.fromEntries(stages) };
  return { ...config, workflows: { ...config.workflows, [name]: changed } };
}

function cut(stage: Stage, tokens: number): Stage {
  if (stage.input?.kind !== 'parts' || stage.input.retrieval === undefined) return stage;
  return { ...stage, input: { ...stage.input, retrieval: { kind: 'value', value: tokens } } };
}
