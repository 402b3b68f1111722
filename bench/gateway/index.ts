/**
 * The data plane beside a direct connection, nginx and another gateway, on one loopback upstream in one run.
 * Requests per core-second count the CPU time of every process of the target (for Burnrate also the ledger process).
 */
import { writeFileSync } from 'node:fs';
import { type LoadResult, load, quantile } from './load.ts';
import { cpuSeconds, processesNamed, processTree, residentMb } from './process-cost.ts';
import { burnrateTarget, directTarget, nginxTarget, portkeyTarget, startUpstream, type Target } from './targets.ts';

interface Row {
  readonly target: string;
  readonly shape: string;
  readonly requests: number;
  readonly failures: number;
  readonly perSecond: number;
  /** Over the CPU time of every process, what is off the path (ledger, control) included. */
  readonly perCoreSecond: number | null;
  /** Over the CPU time of the process that carries the traffic alone. */
  readonly perCoreSecondOnPath: number | null;
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly residentMb: number | null;
  readonly note: string;
}

const durationMs = Number(process.env.BENCH_SECONDS ?? 8) * 1_000;
const connections = 16;
const prompt = 'Why was the customer charged twice for the March invoice? '.repeat(30);
const shapes = [
  { name: '2 KB JSON', stream: false },
  { name: '100-chunk stream', stream: true },
] as const;

const oneBudget = 'budgets: [ { name: company, limitUsd: 100000, period: month, hard: true } ]\n';
const threeBudgets = `budgets:
  - { name: company, limitUsd: 100000, period: month, hard: true }
  - { name: per-user, per: user, limitUsd: 100000, period: day, hard: true }
  - { name: openai, scope: { provider: openai }, limitUsd: 100000, period: day, hard: true }
limits: [ { scope: {}, per: user, requests: 1000000/s, tokens: 1000000000/s, concurrent: 1000 } ]
`;

interface Measured {
  readonly result: LoadResult;
  readonly cpu: number;
  readonly cpuOnPath: number;
  readonly rss: number;
}

async function measure(target: Target, shape: (typeof shapes)[number]): Promise<Measured> {
  const body = JSON.stringify({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: prompt }],
    ...(shape.stream ? { stream: true } : {}),
  });
  const options = { origin: target.origin, path: target.path, headers: target.headers, body };
  await load({ ...options, connections, durationMs: 2_000 });
  const pids = target.pid === null ? [] : processTree(target.pid);
  const carriers = target.carrier === null ? pids : processesNamed(pids, target.carrier);
  const before = cpuSeconds(pids);
  const beforeOnPath = cpuSeconds(carriers);
  const busy = await load({ ...options, connections, durationMs });
  // What is off the path (journal to ledger) is charged too: wait until the backlog has been worked off.
  await new Promise((done) => setTimeout(done, 2_000));
  const cpu = cpuSeconds(pids) - before;
  const cpuOnPath = cpuSeconds(carriers) - beforeOnPath;
  const rss = residentMb(pids);
  const calm = await load({ ...options, connections: 1, durationMs: durationMs / 2 });
  return { result: { ...busy, latenciesMs: calm.latenciesMs }, cpu, cpuOnPath, rss };
}

function row(target: Target, shape: string, measured: Measured, direct: LoadResult): Row {
  const { result, cpu, cpuOnPath, rss } = measured;
  return {
    target: target.name,
    shape,
    requests: result.requests,
    failures: result.failures,
    perSecond: Math.round(result.requests / result.seconds),
    perCoreSecond: target.pid === null ? null : Math.round(result.requests / cpu),
    perCoreSecondOnPath: target.pid === null ? null : Math.round(result.requests / cpuOnPath),
    addedP50Ms: round(quantile(result.latenciesMs, 0.5) - quantile(direct.latenciesMs, 0.5)),
    addedP99Ms: round(quantile(result.latenciesMs, 0.99) - quantile(direct.latenciesMs, 0.99)),
    residentMb: target.pid === null ? null : Math.round(rss),
    note: target.note,
  };
}

const round = (value: number) => Math.round(value * 100) / 100;

async function run(): Promise<Row[]> {
  const upstream = await startUpstream();
  const direct = directTarget(upstream.port);
  const starters = [
    () => nginxTarget(upstream.port),
    () => burnrateTarget(upstream.port, 'burnrate'),
    () => burnrateTarget(upstream.port, 'burnrate, one hard budget', oneBudget),
    () => burnrateTarget(upstream.port, 'burnrate, three budgets and limits', threeBudgets),
    () => portkeyTarget(upstream.port),
  ];
  const rows: Row[] = [];
  for (const shape of shapes) {
    const baseline = await measure(direct, shape);
    rows.push(row(direct, shape.name, baseline, baseline.result));
    for (const start of starters) {
      const target = await start();
      if (!target) {
        console.warn('one target is not installed here and is left out');
        continue;
      }
      rows.push(row(target, shape.name, await measure(target, shape), baseline.result));
      await target.stop();
    }
  }
  await upstream.stop();
  return rows;
}

const rows = await run();
console.table(rows);
if (process.env.BENCH_OUT) writeFileSync(process.env.BENCH_OUT, JSON.stringify(rows, null, 2));
