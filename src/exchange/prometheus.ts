import { AggregatorRegistry, collectDefaultMetrics, type MetricObject, Registry } from 'prom-client';

/** A number that is shown as it is: the process that counts is not the one that is asked. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counts of observations up to each bound, cumulative, and then of all; `sum` is of the observed values. */
export interface CumulativeHistogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

export type MetricFamily =
  | {
      readonly name: string;
      readonly help: string;
      readonly type: 'gauge' | 'counter';
      readonly samples: readonly Sample[];
    }
  | {
      readonly name: string;
      readonly help: string;
      readonly type: 'histogram';
      readonly histograms: readonly {
        readonly labels: Readonly<Record<string, string>>;
        readonly of: CumulativeHistogram;
      }[];
    };

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Writes families in the Prometheus text format 0.0.4. */
export async function prometheusText(families: readonly MetricFamily[], own?: ProcessMetrics): Promise<Exposition> {
  const given = families.map(familyObject);
  const registry = AggregatorRegistry.aggregate([[...given, ...((await own?.collect()) ?? [])] as never]);
  return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: await registry.metrics() };
}

/** What the runtime says of the process that asks: CPU, memory, event loop, handles. */
export interface ProcessMetrics {
  collect(): Promise<readonly MetricObject[]>;
}

export function processMetrics(prefix: string): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix });
  return { collect: async () => (await registry.getMetricsAsJSON()) as readonly MetricObject[] };
}

function familyObject(family: MetricFamily) {
  const { name, help } = family;
  const values =
    family.type === 'histogram'
      ? family.histograms.flatMap(({ labels, of }) => histogramValues(name, labels, of))
      : family.samples.map(({ labels = {}, value }) => ({ labels: { ...labels }, value }));
  return { name, help, type: family.type, aggregator: 'sum', values };
}

function histogramValues(name: string, labels: Readonly<Record<string, string>>, of: CumulativeHistogram) {
  const total = of.counts.at(-1) ?? 0;
  const bucket = (le: number | string, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  });
  return [
    ...of.bounds.map((bound, index) => bucket(bound, of.counts[index] ?? 0)),
    bucket('+Inf', total),
    { metricName: `${name}_sum`, labels: { ...labels }, value: of.sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: total },
  ];
}
