/** How a figure is computed and what from. */
export interface Formula {
  readonly formula: string;
  readonly source: string;
}

const counts = 'ledger; full cost from the stack';

/** The formula and the source of every unit figure, as the API and docs/unit-economics.md give them. */
export const unitFormulas = {
  costPerCall: { formula: 'full cost ÷ calls', source: counts },
  costPerInteraction: { formula: 'full cost ÷ interactions', source: counts },
  costPerRun: { formula: 'full cost ÷ runs that began in the range', source: counts },
  costPerSession: { formula: 'full cost ÷ sessions', source: counts },
  costPerActiveUser: { formula: 'full cost ÷ users with a call in the range', source: counts },
  costPerCompletedRequest: { formula: 'full cost ÷ calls with an attempt that did not fail', source: counts },
  costPerSuccess: { formula: 'full cost ÷ runs whose outcome is success', source: `outcomes; ${counts}` },
  tokensPerSuccess: { formula: 'token cost ÷ runs whose outcome is success', source: `outcomes; ${counts}` },
  multiplier: { formula: 'calls ÷ interactions', source: 'ledger' },
  containment: { formula: '1 − escalated runs ÷ ended runs', source: 'outcomes' },
  escalation: { formula: 'escalated runs ÷ ended runs', source: 'outcomes' },
  retryRate: { formula: 'calls tried again ÷ calls', source: 'ledger' },
  costPer1000Requests: {
    formula: '1,000 × (infrastructure + capacity + retrieval + services) ÷ calls',
    source: counts,
  },
  gbStoredPerRequest: {
    formula: 'Σ over tiers (share × bytes per call) ÷ 10⁹',
    source: 'overheads.observability, workflows.*.bytesPerCall, or bytes on the wire',
  },
  humanMinutesPer100Interactions: {
    formula: '100 × human minutes ÷ interactions',
    source: 'outcomes, reviews, ledger',
  },
  roi: {
    formula: '(value + labour saved − full cost) ÷ full cost',
    source: 'outcomes, or successes × outcome.valueUsd; minutesSaved × rate of savedRole',
  },
  paybackMonths: {
    formula: 'what is paid once ÷ net benefit of a month before its instalments',
    source: 'overheads.switching; of a workflow the share it bears',
  },
  margin: {
    formula: '(active users × plan price × months − allocated full cost) ÷ revenue',
    source: 'plans.*.priceUsd, ledger',
  },
  riskAdjustedPerRun: {
    formula: 'full cost per run + wrongActionRate × wrongActionUsd',
    source: 'workflows.*.outcome',
  },
  liftPerConversion: {
    formula: 'revenuePerConversionUsd − full cost ÷ (runs × conversionLift)',
    source: 'workflows.*.outcome',
  },
  costPerResolution: {
    formula: '(full cost + returning × cost per run + escalated × extra minutes × rate) ÷ (successes − returning)',
    source: 'workflows.*.outcome: reworkRate, extraHandleMinutes; outcomes',
  },
  waitingCost: {
    formula: 'runs slower than afterSeconds × (abandon × its cost + ticket × its cost + retry × cost per run)',
    source: 'workflows.*.impatience, durations of up to 5,000 runs',
  },
  oneSecondSaved: { formula: 'waiting cost − waiting cost of the same runs one second shorter', source: 'as above' },
} as const satisfies Readonly<Record<string, Formula>>;
