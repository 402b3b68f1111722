export { type MetricFamily, processMetrics, prometheusText } from './prometheus.ts';
export { cellText, dayText, rangeText, simulatedNote } from './report/cell-text.ts';
export { csvTable } from './report/csv-report.ts';
export { htmlReport } from './report/html-report.ts';
export { markdownReport } from './report/markdown-report.ts';
export { xlsxReport } from './report/xlsx-report.ts';
