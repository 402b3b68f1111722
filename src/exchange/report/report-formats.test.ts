import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../economics/index.ts';
import { sumUsd, toDecimal, usd } from '../../money/index.ts';
import { csvTable, htmlReport, markdownReport, xlsxReport } from '../index.ts';

const report: Report = {
  title: 'Chargeback by team',
  range: { fromMs: Date.UTC(2026, 2, 2), toMs: Date.UTC(2026, 2, 9) },
  timeZone: 'UTC',
  simulated: true,
  paragraphs: ['5 < 6 & "so"'],
  tables: [
    {
      title: 'Charge/back',
      columns: [
        { title: 'team', kind: 'text' },
        { title: 'calls', kind: 'count' },
        { title: 'share', kind: 'share' },
        { title: 'costUsd', kind: 'usd' },
      ],
      rows: [
        ['=care|"x"', 1200, 0.75, usd('1.000000000001')],
        ['<b>web</b>', 3, null, usd('2.5')],
      ],
      total: ['total', 1203, null, usd('3.500000000001')],
    },
  ],
};

describe('one set of numbers', () => {
  test('CSV is exact, sums to the total, and runs no formula', () => {
    const csv = csvTable(report.tables[0] as Report['tables'][number]);
    const [head, ...lines] = csv.trimEnd().split('\r\n');
    expect(head).toBe('team,calls,share,costUsd');
    expect(lines[0]).toBe(`"'=care|""x""",1200,0.75,1.000000000001`);
    const sum = sumUsd(lines.map((line) => usd(line.split(',').at(-1) ?? '')));
    expect(toDecimal(sum)).toBe('3.500000000001');
  });

  test('Markdown keeps labels inside their cells', () => {
    const text = markdownReport(report);
    expect(text).toContain('| \\<b\\>web\\</b\\> | 3 | – | $2.50 |');
    expect(text).toContain('| total | 1,203 | – | $3.50 |');
    expect(text).toContain('2026-03-02 to 2026-03-08 (UTC)');
    expect(text).toContain('SIMULATED');
  });

  test('HTML is one page that loads nothing and says what labels say', () => {
    const page = htmlReport(report);
    expect(page).toContain('<td>&lt;b&gt;web&lt;/b&gt;</td>');
    expect(page).toContain('5 &lt; 6 &amp; &quot;so&quot;');
    expect(page).not.toMatch(/<script|src=|href=/);
  });

  test('XLSX holds the amounts as numbers, whose sum is the total', async () => {
    const files = unzipSync(await xlsxReport(report));
    const sheet = strFromU8(files['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
    const numbers = [...sheet.matchAll(/<v>([\d.]+)<\/v>/g)].map((match) => Number(match[1]));
    expect(numbers).toEqual(expect.arrayContaining([1.000000000001, 2.5, 3.500000000001]));
    expect(strFromU8(files['xl/workbook.xml'] ?? new Uint8Array())).toContain('Charge back');
  });
});
