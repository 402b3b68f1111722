import { strFromU8, unzipSync } from 'fflate';
import { expect } from 'vitest';
import { sumUsd, toDecimal, usd } from '../../src/money/index.ts';
import type { ApiRig } from './api-over-ledger.ts';

interface StackBody {
  readonly totalUsd: string;
  readonly lines: readonly { readonly costUsd: string; readonly origin: string }[];
  readonly groups: readonly { readonly totalUsd: string; readonly lines: readonly { readonly costUsd: string }[] }[];
  readonly leftOutUsd: string;
}
interface CostsBody {
  readonly totalUsd: string;
  readonly rows: readonly { readonly costUsd: string }[];
  readonly rowsLeftOut: number;
}
interface Table {
  readonly title: string;
  readonly columns: readonly { readonly kind: string }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly total?: readonly (string | number | null)[];
}
interface ReportBody {
  readonly tables: readonly Table[];
}
interface UnitsBody {
  readonly costUsd: string;
  readonly workflows: readonly { readonly costUsd: string }[];
  readonly marginByPlan: readonly { readonly costUsd: string }[];
  readonly marginByCustomer: readonly { readonly costUsd: string }[];
}
interface TreeBody {
  readonly totalUsd: string;
  readonly tree: TreeNode;
}
interface TreeNode {
  readonly totalUsd: string;
  readonly children: readonly TreeNode[];
}

/** The two ways reports are asked for: as JSON, and as they come. */
export type Asked = Pick<ApiRig, 'ask' | 'fetch'>;

export interface ReportRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What every dimension's split must come to. */
export interface Totals {
  /** Full cost. */
  readonly full: string;
  /** What calls cost, as the ledger has it. */
  readonly calls: string;
}

const text = (amounts: readonly string[]) => toDecimal(sumUsd(amounts.map((amount) => usd(amount))));
const cells = (amounts: readonly (string | number | null | undefined)[]) =>
  text(amounts.map((each) => String(each ?? '0')));

const ofGroups = [
  ...[
    'workflow',
    'stage',
    'team',
    'feature',
    'customer',
    'user',
    'session',
    'plan',
    'segment',
    'environment',
    'release',
  ],
  ...[
    'promptVersion',
    'provider',
    'model',
    'tier',
    'operation',
    'key',
    'status',
    'failure',
    'reason',
    'layer',
    'day',
    'week',
  ],
  ...['month', 'usageSource', 'simulated', 'tag.channel', 'team,feature', 'customer,plan,release', 'stage,model,day'],
];
const ofCosts = [
  ...ofGroups,
  'line',
  'bucket',
  'hour',
  'minute',
  'run',
  'interaction',
  'protocol',
  'streamed',
  'priceState',
];

/** Asks for everything that shows money over one range, and holds it against one total. */
export async function expectOneTotal(rig: Asked, range: ReportRange, workflows: readonly string[]): Promise<Totals> {
  const asked = `from=${new Date(range.fromMs).toISOString()}&to=${new Date(range.toMs).toISOString()}`;
  const get = async <Body>(path: string): Promise<Body> => {
    const { status, body } = await rig.ask<Body>('GET', path);
    expect([path, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([path, 200, '']);
    return body;
  };
  const whole = await get<StackBody>(`/api/stack?by=workflow&${asked}`);
  const full = whole.totalUsd;
  const calls = (await get<CostsBody>(`/api/costs?by=workflow&${asked}`)).totalUsd;

  for (const by of ofGroups) expectStack(await get<StackBody>(`/api/stack?by=${by}&limit=10000&${asked}`), by, full);
  expect(text(whole.lines.filter(({ origin }) => origin === 'calls').map(({ costUsd }) => costUsd))).toBe(calls);
  for (const by of ofCosts) {
    const { totalUsd, rows, rowsLeftOut } = await get<CostsBody>(`/api/costs?by=${by}&limit=10000&${asked}`);
    expect([by, totalUsd]).toEqual([by, calls]);
    if (rowsLeftOut === 0) expect([by, text(rows.map(({ costUsd }) => costUsd))]).toEqual([by, calls]);
  }

  const units = await get<UnitsBody>(`/api/unit-economics?${asked}`);
  expect(units.costUsd).toBe(full);
  for (const split of [units.workflows, units.marginByPlan, units.marginByCustomer]) {
    expect(text(split.map(({ costUsd }) => costUsd))).toBe(full);
  }
  const trees = await Promise.all(workflows.map((name) => get<TreeBody>(`/api/workflows/${name}/tree?${asked}`)));
  expect(text(trees.map(({ tree }) => tree.totalUsd))).toBe(calls);
  for (const { tree } of trees) expect(text(tree.children.map(({ totalUsd }) => totalUsd))).toBe(tree.totalUsd);

  await expectReports(rig, asked, full);
  return { full, calls };
}

function expectStack({ totalUsd, lines, groups, leftOutUsd }: StackBody, by: string, full: string): void {
  expect([by, totalUsd]).toEqual([by, full]);
  expect([by, text(lines.map(({ costUsd }) => costUsd))]).toEqual([by, full]);
  expect([by, text([...groups.map((group) => group.totalUsd), leftOutUsd])]).toEqual([by, full]);
  for (const group of groups) expect(text(group.lines.map(({ costUsd }) => costUsd))).toBe(group.totalUsd);
}

const moneyColumns = ({ columns }: Table) => columns.flatMap(({ kind }, index) => (kind === 'usd' ? [index] : []));

/** Showback, chargeback and the weekly review, in every format. */
async function expectReports(rig: Asked, asked: string, full: string): Promise<void> {
  for (const by of ['team', 'customer', 'workflow', 'team,feature', 'plan,release', 'stage']) {
    const [table] = (await rig.ask<ReportBody>('GET', `/api/reports/chargeback?by=${by}&${asked}`)).body.tables;
    expect([by, table?.total?.at(-1), cells(table?.rows.map((row) => row.at(-1)) ?? [])]).toEqual([by, full, full]);
  }
  for (const pivot of [
    'rows=team&columns=feature',
    'rows=customer&columns=line',
    'rows=plan&columns=release',
    'rows=day&columns=team',
  ]) {
    const [table] = (await rig.ask<ReportBody>('GET', `/api/reports/showback?${pivot}&${asked}`)).body.tables;
    expectPivot(table as Table, full);
  }
  await expectFormats(rig, `/api/reports/chargeback?by=team,feature&${asked}`, full);
}

/** Rows and columns sum to the total, and each cell is in both. */
function expectPivot(table: Table, full: string): void {
  const columns = moneyColumns(table);
  for (const row of [...table.rows, table.total ?? []]) {
    const own = columns.map((index) => row[index]);
    expect(cells(own.slice(0, -1))).toBe(cells(own.slice(-1)));
  }
  for (const index of columns) expect(cells(table.rows.map((row) => row[index]))).toBe(cells([table.total?.[index]]));
  expect(cells([table.total?.[columns.at(-1) ?? 0]])).toBe(full);
}

async function expectFormats(rig: Asked, path: string, full: string): Promise<void> {
  const read = (format: string) => rig.fetch(`${path}&format=${format}`);
  const rows = (await (await read('csv')).text()).trimEnd().split('\r\n').slice(1);
  expect(cells(rows.map((row) => row.split(',').at(-1)))).toBe(full);
  const rounded = `$${Number(full).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  for (const format of ['markdown', 'html']) expect(await (await read(format)).text()).toContain(rounded);
  const files = unzipSync(new Uint8Array(await (await read('xlsx')).arrayBuffer()));
  const sheet = strFromU8(files['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
  const numbers = [...sheet.matchAll(/<v>(-?[\d.]+(?:e-?\d+)?)<\/v>/gi)].map((match) => Number(match[1]));
  expect(numbers).toContain(Number(full));
}

/** The weekly review of a week comes to what the week's full cost is, wherever it shows a sum. */
export async function expectWeeklyReview(rig: Asked, week: ReportRange, day: string): Promise<string> {
  const asked = `from=${new Date(week.fromMs).toISOString()}&to=${new Date(week.toMs).toISOString()}`;
  const { totalUsd } = (await rig.ask<StackBody>('GET', `/api/stack?by=team&${asked}`)).body;
  const { tables } = (await rig.ask<ReportBody>('GET', `/api/reports/weekly?week=${day}`)).body;
  const column = (title: string, index: number) => {
    const table = tables.find((each) => each.title === title);
    return cells((table?.rows ?? []).map((row) => row[index]));
  };
  expect(column('Where the money went', 1)).toBe(totalUsd);
  expect(column('Teams, overheads included', 1)).toBe(totalUsd);
  expect(column('Workflows', 2)).toBe(totalUsd);
  expect(column('Gross margin by plan', 3)).toBe(totalUsd);
  return totalUsd;
}
