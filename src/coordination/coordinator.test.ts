import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { idSource, manualClock, systemClock } from '../base/index.ts';
import { connectCoordinator } from './connect-coordinator.ts';
import { type CoordinatorRig, coordinatorContract, of } from './coordinator.contract.ts';
import type { Coordinator } from './coordinator.ts';
import { LocalCoordinator } from './local-coordinator.ts';
import { serveCoordinator } from './serve-coordinator.ts';

coordinatorContract('in the process of the only gateway', () => {
  const clock = manualClock(1_000_000);
  const only = new LocalCoordinator(clock, idSource(clock));
  const done = () => Promise.resolve();
  return Promise.resolve({ first: only, second: only, clock, settled: done, close: done });
});

coordinatorContract('asked by two gateways over a socket', openRemote);

async function openRemote(): Promise<CoordinatorRig & { readonly leave: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'coordination-'));
  const path = join(folder, 's');
  const clock = manualClock(1_000_000);
  const server = await serveCoordinator(new LocalCoordinator(clock, idSource(clock)), path);
  const [first, second] = [connectCoordinator(path, systemClock), connectCoordinator(path, systemClock)];
  return {
    first,
    second,
    clock,
    leave: () => first.close(),
    // Messages of one gateway arrive in order: what is asked after a tell is answered after it.
    async settled() {
      for (const each of [first, second]) await asked(each);
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A tell leaves at the end of its turn; the second question surely follows it. */
async function asked(coordinator: Coordinator): Promise<void> {
  await coordinator.interactionCounted('nobody');
  await coordinator.interactionCounted('nobody');
}

test('thousands of calls of one gateway may ask at the same moment', async () => {
  const rig = await openRemote();
  const take = (index: number) => Promise.resolve(rig.first.takePaces(`t${index}`, of({ concurrent: 2_000 }), 0));
  const asked = await Promise.allSettled(Array.from({ length: 3_000 }, (_, index) => take(index)));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(2_000);
  const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  expect(new Set(refused)).toEqual(new Set(['rate_limited']));
  await rig.close();
});

describe('a gateway that is gone', () => {
  test('leaves no call in flight and no idempotency key running', async () => {
    const rig = await openRemote();
    const one = of({ concurrent: 1, tokens: { count: 100, perMs: 60_000 } });
    await rig.first.takePaces('a', one, 60);
    await rig.first.beginIdempotent('k', 'f');
    await expect(rig.second.takePaces('b', one, 10)).rejects.toMatchObject({ code: 'rate_limited' });
    await rig.leave();
    // What it had used of the rate is not known, so the estimate stays.
    await expect
      .poll(() => Promise.resolve(rig.second.takePaces('c', one, 10)).catch(() => null), { timeout: 5_000 })
      .toMatchObject([{ unit: 'tokens', remaining: 30 }, { unit: 'concurrent-requests' }]);
    expect(await rig.second.beginIdempotent('k', 'f')).toEqual({ state: 'first' });
    await rig.close();
  });

  test('cannot end what another is answering', async () => {
    const rig = await openRemote();
    await rig.first.beginIdempotent('k', 'f');
    rig.second.endIdempotent('k', { state: 'failed' });
    await rig.settled();
    expect(await rig.second.beginIdempotent('k', 'f')).toEqual({ state: 'running' });
    await rig.close();
  });
});

test('a coordinator that cannot be reached refuses the calls it would have to judge', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coordination-'));
  const alone = connectCoordinator(join(folder, 'nobody'), systemClock, { connectWaitMs: 30 });
  await expect(alone.takePaces('a', of({ concurrent: 1 }), 0)).rejects.toMatchObject({ code: 'overloaded' });
  await alone.close();
  rmSync(folder, { recursive: true });
});
