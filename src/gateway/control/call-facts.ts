import type { PotRef } from '../../books/index.ts';
import type { BudgetMatch, CallFacts } from '../../policy/index.ts';
import type { Exchange } from '../exchange.ts';

/** What scopes of budgets and limits are matched with. */
export function factsOf(exchange: Exchange): CallFacts {
  return {
    attribution: exchange.call.attribution,
    keyId: exchange.caller.keyId,
    keyBudgets: exchange.caller.budgets,
    provider: exchange.route.provider.name,
    model: exchange.understanding.facts.model,
  };
}

/** What answers like those of this call are remembered by. */
export function learnKeyOf(exchange: Exchange): string {
  const { workflow = '', stage = '' } = exchange.call.attribution;
  return JSON.stringify([workflow, stage, exchange.route.provider.name, exchange.understanding.facts.model]);
}

export function potOf({ definition, instance }: BudgetMatch): PotRef {
  const { name, unit, hard, failOpen, limit } = definition;
  return { budget: name, instance, unit, hard, failOpen, limit };
}
