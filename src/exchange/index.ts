export {
  type CumulativeHistogram,
  type MetricFamily,
  type ProcessMetrics,
  processMetrics,
  prometheusText,
} from './prometheus.ts';
