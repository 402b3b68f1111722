import { BurnrateError } from '../../base/index.ts';
import type { Exchange, Stage } from '../exchange.ts';

/**
 * Holds a key to the models it may ask for. A key with such a list may not post what hides its model from us.
 * @throws BurnrateError model_not_allowed
 */
export const allowModel: Stage = (exchange) => {
  const { allowedModels } = exchange.caller;
  if (allowedModels.length === 0 || !asksForModel(exchange)) return;
  const { model } = exchange.understanding.facts;
  const full = `${exchange.route.provider.name}/${model}`;
  if (allowedModels.some((allowed) => allowed === model || allowed === full)) return;
  const named =
    model === '' ? 'This request names no model that can be checked' : `The model "${model}" is not allowed`;
  throw new BurnrateError('model_not_allowed', { message: `${named}; this key may use ${allowedModels.join(', ')}.` });
};

/** Batches name their models in a file. */
function asksForModel(exchange: Exchange): boolean {
  const { operation } = exchange.understanding;
  const posts = exchange.req.method === 'POST';
  return posts && (operation.billing === 'metered' || operation.name === 'batches' || operation.pathModel !== '');
}
