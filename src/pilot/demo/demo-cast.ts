import type { Random } from '../../base/index.ts';

export interface DemoUser {
  readonly user: string;
  readonly customer: string;
  readonly plan: 'free' | 'pro' | 'business';
  readonly segment: 'onboarding' | 'steady' | 'power';
}

/** Those who pay come first, so that the busiest user of all is none of the free plan. */
const customers: readonly (readonly [name: string, plan: DemoUser['plan'], users: number])[] = [
  ['demo-insurance', 'business', 24],
  ['demo-freight', 'pro', 14],
  ['demo-clinic', 'pro', 11],
  ['demo-cycles', 'free', 9],
  ['demo-bakery', 'free', 6],
];

/** Everyone who uses the demo product. */
const demoUsers: readonly DemoUser[] = customers.flatMap(([customer, plan, count]) =>
  Array.from({ length: count }, (_, index) => ({
    user: `${customer}-user-${index + 1}`,
    customer,
    plan,
    segment: index === 0 ? ('power' as const) : index % 4 === 3 ? ('onboarding' as const) : ('steady' as const),
  })),
);

/** Users in a fixed shuffled order, so that the busiest are not all of one customer. */
const byActivity = demoUsers.map((user, index) => ({ user, rank: (index * 37) % demoUsers.length }));
const ranked = byActivity.toSorted((a, b) => a.rank - b.rank).map(({ user }) => user);
/** Zipf's law: the n-th busiest user is 1/n as busy as the first. */
const weights = ranked.map((_, index) => 1 / (index + 1));
const weightTotal = weights.reduce((sum, weight) => sum + weight, 0);

export function pickUser(random: Random): DemoUser {
  let point = random.next() * weightTotal;
  for (const [index, weight] of weights.entries()) {
    point -= weight;
    const user = ranked[index];
    if (point < 0 && user) return user;
  }
  return ranked[0] ?? { user: 'demo-user', customer: 'demo', plan: 'free', segment: 'steady' };
}

/** A new release reaches a growing share of users; its prompts are longer. */
export function pickRelease(user: DemoUser): {
  readonly release: string;
  readonly promptVersion: string;
  readonly systemTokens: number;
} {
  const isNew = user.plan === 'business' || user.segment === 'onboarding';
  return isNew
    ? { release: '2.1.0', promptVersion: 'v8', systemTokens: 1_480 }
    : { release: '2.0.3', promptVersion: 'v7', systemTokens: 1_120 };
}
