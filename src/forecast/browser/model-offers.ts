import type { PriceBook } from '../../pricing/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { ModelBuilder } from '../model/number.ts';
import { type ModelUse, ratesAt, splitModel, type TieredRates } from '../model/rates.ts';
import type { LlmStage, StageModel } from '../model/stage-model.ts';

/** A model stages may switch to, with its prices from each epoch of the forecast on, by service tier. */
export interface ModelOffer {
  /** `provider/model`. */
  readonly name: string;
  readonly rates: Readonly<Record<string, readonly TieredRates[]>>;
}

/** A stage whose model can be switched: it writes, and is no embedding or moderation. */
export interface SwitchableStage {
  /** `workflow.stage`. */
  readonly id: string;
  readonly model: string;
}

/** More names than this nobody looks through, and every page carries them. */
const offersMax = 150;

export function switchableStages({ workflows, uses }: ForecastModel): SwitchableStage[] {
  return workflows.flatMap(({ name, stages }) =>
    stages.flatMap((stage) => {
      const work = writing(stage, uses);
      return work ? [{ id: `${name}.${stage.name}`, model: `${work.provider}/${work.modelName}` }] : [];
    }),
  );
}

/** Those the file names first, then the list prices of its providers in turn; only models all of whose prices are known. */
export function modelOffers(model: ForecastModel, book: PriceBook): ModelOffer[] {
  const used = switchableStages(model).map((stage) => stage.model);
  const tiers = new Set(model.uses.map(({ tier }) => tier));
  const names = new Set([...used, ...namedElsewhere(model), ...listed(model, book)]);
  const offers: ModelOffer[] = [];
  for (const name of names) {
    if (offers.length >= offersMax) break;
    const rates = [...tiers].flatMap((tier) => {
      const found = ratesOf(name, tier, model, book);
      return found ? [[tier, found] as const] : [];
    });
    if (rates.length > 0) offers.push({ name, rates: Object.fromEntries(rates) });
  }
  return offers;
}

/** What the file compares with or brakes to. */
function namedElsewhere({ config: { alternatives, budgets } }: ForecastModel): string[] {
  const compared = Object.values(alternatives).flatMap(({ replace }) => Object.values(replace ?? {}));
  return [...compared, ...budgets.flatMap(({ brake }) => brake.flatMap(({ model }) => model ?? []))];
}

/** One of each provider after the other, so that a long list leaves room for the rest. */
function* listed({ config, months }: ForecastModel, book: PriceBook): Iterable<string> {
  const atMs = months[0]?.startMs ?? 0;
  const lists = Object.keys(config.providers).map((provider) => listOf(provider, atMs, book));
  for (let place = 0; lists.some(({ length }) => place < length); place++) {
    for (const list of lists) yield* list.slice(place, place + 1);
  }
}

/** Names that end openly stand for whole families, like models of one's own tuning. */
const openEnd = /[-:]$/;

function listOf(provider: string, atMs: number, book: PriceBook): string[] {
  const names = new Set<string>();
  for (const { model } of book.cards(provider)) {
    const rates = book.findCard(provider, model, atMs)?.tiers.standard?.rates;
    if (rates?.input !== undefined && rates.output !== undefined && !openEnd.test(model)) names.add(model);
  }
  return [...names].map((model) => `${provider}/${model}`);
}

/** A common size of a call; list prices do not depend on it. */
const shape = { input: 1_000, output: 200 };

function ratesOf(name: string, tier: string, { epochs }: ForecastModel, book: PriceBook): TieredRates[] | null {
  const use: ModelUse = { ...splitModel(name), tier, shape, path: [], needs: ['output'] };
  // Problems of a model that is only offered are no problems of the file: it is not offered then.
  const builder = new ModelBuilder(() => null);
  const rates = epochs.flatMap(({ fromMs }) => ratesAt(use, book, fromMs, builder) ?? []);
  return rates.length < epochs.length || builder.problems.length > 0 ? null : rates;
}

function writing({ work }: StageModel, uses: readonly ModelUse[]): LlmStage | null {
  return work.kind === 'model' && !work.selfHosted && uses[work.main.use]?.needs.includes('output') ? work : null;
}

/**
 * The model with stages answered by others. Prices change and nothing else: tokens, failures and response times stay what the
 * file says of the stage. Names nobody offers are left out.
 */
export function withModels(
  model: ForecastModel,
  offers: readonly ModelOffer[],
  models: Readonly<Record<string, string>>,
): ForecastModel {
  return Object.entries(models).reduce((before, [stage, name]) => {
    const offer = offers.find((each) => each.name === name);
    return offer ? switched(before, stage, offer) : before;
  }, model);
}

function switched(model: ForecastModel, id: string, { name, rates }: ModelOffer): ForecastModel {
  const use = model.uses.length;
  const added: { use: ModelUse; rates: readonly TieredRates[] }[] = [];
  const workflows = model.workflows.map((workflow) => ({
    ...workflow,
    stages: workflow.stages.map((stage): StageModel => {
      const work = `${workflow.name}.${stage.name}` === id ? writing(stage, model.uses) : null;
      const before = work ? model.uses[work.main.use] : undefined;
      const priced = before && rates[before.tier];
      if (!work || !before || !priced) return stage;
      const { provider, model: modelName } = splitModel(name);
      added.push({ use: { ...before, provider, model: modelName }, rates: priced });
      return { ...stage, work: { ...work, main: { ...work.main, use }, provider, modelName } };
    }),
  }));
  const [one] = added;
  if (!one) return model;
  const epochs = model.epochs.map((epoch, index) => ({
    ...epoch,
    rates: [...epoch.rates, one.rates[index] as TieredRates],
  }));
  return { ...model, workflows, uses: [...model.uses, one.use], epochs };
}
