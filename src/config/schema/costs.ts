import { z } from 'zod';
import {
  byteQuantity,
  calendarSpan,
  decimalRate,
  duration,
  durationQuantity,
  fraction,
  quantity,
  usdQuantity,
} from '../fields.ts';
import { failuresSchema } from './providers.ts';
import { doc, name, named, paidDates, section, text } from './shapes.ts';

export const serviceSchema = section({
  perCallUsd: doc(usdQuantity.exactOptional(), 'Price of one call, US dollars.', 0.0002),
  monthlyUsd: doc(usdQuantity.exactOptional(), 'Fixed price of a month, US dollars.', 180),
  ...paidDates,
  latency: doc(durationQuantity.exactOptional(), 'Time one call takes.', '80ms'),
  failures: doc(failuresSchema.exactOptional(), 'How often calls fail, by class.'),
  line: doc(z.enum(['retrieval', 'services']).prefault('services'), 'Cost line it is shown in.', 'retrieval'),
});

export const personSchema = section({
  hourlyUsd: doc(usdQuantity, 'Full cost of one hour, US dollars.', 38),
  hoursPerMonth: doc(quantity.exactOptional(), 'Hours one person has in a month, to show when more are needed.', 140),
});

const allocationRules = ['calls', 'tokens', 'cost', 'bytes', 'even', 'fixed'] as const;
const shared = {
  name: doc(text, 'Name shown in reports.', 'gateway'),
  ...paidDates,
  allocateBy: doc(
    z.enum(allocationRules).prefault('cost'),
    'What it is shared out by: calls, tokens, cost, bytes, evenly, or by fixed `shares`.',
    'calls',
  ),
  shares: doc(named(fraction).exactOptional(), 'With `allocateBy: fixed`: share of each workflow; they sum to 1.', {
    'support-assistant': 1,
  }),
};

const moneyCost = section({
  ...shared,
  monthlyUsd: doc(usdQuantity.exactOptional(), 'Price of a month, US dollars.', 240),
  perCallUsd: doc(usdQuantity.exactOptional(), 'Price that grows with calls, US dollars per call.', 0.00002),
  perMillionTokensUsd: doc(usdQuantity.exactOptional(), 'Price that grows with tokens, US dollars per million.', 0.02),
  hoursPerMonth: doc(quantity.exactOptional(), 'Hours of work a month.', 10),
  role: doc(name.exactOptional(), 'Role under `people` who does the work.', 'engineer'),
});

const workCost = section({
  ...shared,
  hoursPerMonth: doc(quantity.exactOptional(), 'Hours a month.', 40),
  role: doc(name.exactOptional(), 'Role under `people`.', 'engineer'),
  monthlyUsd: doc(usdQuantity.exactOptional(), 'Further cost of a month, US dollars.', 300),
});

const switchingCost = section({
  ...shared,
  hours: doc(quantity.exactOptional(), 'Hours it takes once.', 120),
  role: doc(name.exactOptional(), 'Role under `people`.', 'engineer'),
  onceUsd: doc(usdQuantity.exactOptional(), 'Further cost, once, US dollars.', 5000),
  amortizedOver: doc(calendarSpan, 'Months it is spread over.', '24 months'),
});

const storageTier = section({
  keep: doc(duration, 'How long what is logged stays in this tier.', '30d'),
  share: doc(fraction.prefault(1), 'Share of calls kept in it.', 0.05),
  bytesPerCall: doc(byteQuantity.exactOptional(), 'Bytes per call in this tier; that of the whole when absent.', '40B'),
  perGbMonthUsd: doc(decimalRate.exactOptional(), 'Price of a GB for a month in this tier, US dollars.', 0.02),
});

const observabilitySchema = section({
  bytesPerCall: doc(byteQuantity, 'Bytes logged per call.', '12kB'),
  tiers: doc(z.array(storageTier).min(1), 'How long which share is kept.', [{ keep: '7d', share: 1 }]),
  perGbIngestUsd: doc(decimalRate.prefault(0), 'Price of a GB taken in, US dollars.', 0.5),
  perGbMonthUsd: doc(decimalRate.prefault(0), 'Price of a GB kept for a month, US dollars.', 0.1),
});

export const overheadsSchema = section({
  infrastructure: doc(
    z.array(moneyCost).prefault([]),
    'Compute, storage, network, load balancers, vector store, indexing, orchestration.',
    [{ name: 'gateway', monthlyUsd: 240, allocateBy: 'calls' }],
  ),
  capacity: doc(z.array(moneyCost).prefault([]), 'Warm spare and autoscaling overhead.', [
    { name: 'warm spare', monthlyUsd: 900 },
  ]),
  observability: doc(observabilitySchema.exactOptional(), 'Logs and traces: bytes, retention, price.'),
  compliance: doc(z.array(moneyCost).prefault([]), 'Compliance and governance.', [
    { name: 'privacy review', monthlyUsd: 2500 },
  ]),
  maintenance: doc(z.array(workCost).prefault([]), 'Development and maintenance.', [
    { name: 'team', hoursPerMonth: 160, role: 'engineer' },
  ]),
  operationalDebt: doc(z.array(workCost).prefault([]), 'Prompt upkeep, evaluations, incident drills.', [
    { name: 'prompt upkeep', hoursPerMonth: 40, role: 'engineer' },
  ]),
  switching: doc(
    z.array(switchingCost).prefault([]),
    'One-off costs of leaving or entering a provider, spread over months.',
    [{ name: 'provider exit', hours: 120, role: 'engineer', amortizedOver: '24 months' }],
  ),
});

export type Service = z.output<typeof serviceSchema>;
export type OverheadCost = z.output<typeof moneyCost>;
export type WorkCost = z.output<typeof workCost>;
export type SwitchingCost = z.output<typeof switchingCost>;
export type ObservabilityCost = z.output<typeof observabilitySchema>;
