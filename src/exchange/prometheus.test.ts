import { expect, test } from 'vitest';
import { processMetrics, prometheusText } from './index.ts';

test('families become the text format, histograms with their buckets', async () => {
  const { text, contentType } = await prometheusText([
    { name: 'burnrate_up', help: 'Up.', type: 'gauge', samples: [{ value: 1 }] },
    {
      name: 'burnrate_requests_total',
      help: 'Requests.',
      type: 'counter',
      samples: [
        { labels: { worker: '1' }, value: 3 },
        { labels: { worker: '2' }, value: 4 },
      ],
    },
    {
      name: 'burnrate_request_seconds',
      help: 'Durations.',
      type: 'histogram',
      histograms: [{ labels: { worker: '1' }, of: { bounds: [0.1, 1], counts: [2, 5, 6], sum: 4.5 } }],
    },
  ]);
  expect(contentType).toContain('text/plain');
  expect(text.trim().split('\n').filter(Boolean)).toEqual([
    '# HELP burnrate_up Up.',
    '# TYPE burnrate_up gauge',
    'burnrate_up 1',
    '# HELP burnrate_requests_total Requests.',
    '# TYPE burnrate_requests_total counter',
    'burnrate_requests_total{worker="1"} 3',
    'burnrate_requests_total{worker="2"} 4',
    '# HELP burnrate_request_seconds Durations.',
    '# TYPE burnrate_request_seconds histogram',
    'burnrate_request_seconds_bucket{worker="1",le="0.1"} 2',
    'burnrate_request_seconds_bucket{worker="1",le="1"} 5',
    'burnrate_request_seconds_bucket{worker="1",le="+Inf"} 6',
    'burnrate_request_seconds_sum{worker="1"} 4.5',
    'burnrate_request_seconds_count{worker="1"} 6',
  ]);
});

test('label values cannot break out of their quotes', async () => {
  const samples = [{ labels: { workflow: 'a"} 1\nevil 2' }, value: 1 }];
  const { text } = await prometheusText([{ name: 'x', help: 'h', type: 'gauge', samples }]);
  expect(text).toContain('x{workflow="a\\"} 1\\nevil 2"} 1');
});

test('the process says what it uses', async () => {
  const { text } = await prometheusText([], processMetrics('burnrate_control_'));
  expect(text).toMatch(/^burnrate_control_process_cpu_seconds_total [\d.]+$/m);
});
