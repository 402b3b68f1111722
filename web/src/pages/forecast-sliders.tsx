import { Button, CloseButton, Select } from '@mantine/core';
import type { FactorName, SliderNumber, Sliders } from '../../../src/forecast/index.ts';
import type { ForecastModelAnswer } from '../api/schema.ts';
import { showMoney } from '../format/money.ts';
import { Panel } from '../parts/panel.tsx';
import { useView } from '../view/use-view.ts';
import type { ViewState } from '../view/view-state.ts';
import styles from './forecast.module.css';
import { ModelSwitches } from './model-switches.tsx';

interface SliderSpec {
  /** In the URL; a factor, one of the two below, or the path of a number. */
  readonly id: string;
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  /** Where it changes nothing. */
  readonly neutral: number;
  show(value: number): string;
}

const growth = 'growthPerMonth';
const fixedCost = 'monthlyUsd';

const times = (value: number) => `×${value.toFixed(2)}`;
const percent = (value: number) => `${value > 0 ? '+' : ''}${Math.round(value * 100)}%`;

const factorLabels: Readonly<Record<FactorName, string>> = {
  traffic: 'Volume',
  prices: 'Prices',
  inputTokens: 'Prompt length',
  outputTokens: 'Answer length',
  latency: 'Response time',
  failures: 'Failures',
  retries: 'Retries',
  cacheHits: 'Cache hits',
  escalations: 'Escalations',
  successRate: 'Success rate',
};

function specsOf(answer: ForecastModelAnswer): readonly SliderSpec[] {
  const factors = answer.factors.filter((name): name is FactorName => Object.hasOwn(factorLabels, name));
  return [
    ...factors.slice(0, 1).map(factorSpec),
    { id: growth, label: 'Growth a month', low: -0.2, high: 0.5, step: 0.01, neutral: 0, show: percent },
    ...factors.slice(1).map(factorSpec),
    {
      ...{ id: fixedCost, label: 'Further fixed cost', low: 0, high: 10_000, step: 100, neutral: 0 },
      show: (value) => `${showMoney(String(value))} a month`,
    },
  ];
}

function factorSpec(name: FactorName): SliderSpec {
  return { id: name, label: factorLabels[name], low: 0, high: 4, step: 0.05, neutral: 1, show: times };
}

const steps = 100;

function numberSpec({ id, p10, p50, p90 }: SliderNumber): SliderSpec {
  const step = (p90 - p10) / steps || 1;
  const show = (value: number) => String(Number(value.toPrecision(3)));
  return { id, label: id, low: p10, high: p90, step, neutral: p50, show };
}

/** What was moved, as the simulation takes it; names nobody knows are left out. */
export function slidersOf({ sliders: moved = {}, models = {} }: ViewState, answer: ForecastModelAnswer): Sliders {
  const entries = Object.entries(moved);
  const numbers = new Set(answer.numbers.map(({ id }) => id));
  const { [growth]: growthPerMonth, [fixedCost]: monthlyUsd } = moved;
  return {
    factors: Object.fromEntries(entries.filter(([name, value]) => answer.factors.includes(name) && value >= 0)),
    numbers: Object.fromEntries(entries.filter(([name]) => numbers.has(name))),
    models,
    ...(growthPerMonth === undefined ? {} : { growthPerMonth: Math.max(-0.99, growthPerMonth) }),
    ...(monthlyUsd === undefined ? {} : { monthlyUsd: Math.max(0, monthlyUsd) }),
  };
}

/** Whether anything stands elsewhere than the file says. */
export function isMoved({ sliders = {}, models = {} }: ViewState): boolean {
  return Object.keys(sliders).length + Object.keys(models).length > 0;
}

/** Where somebody asks "what if"; every place of a slider stands in the address. */
export function SlidersPanel({ answer }: { readonly answer: ForecastModelAnswer }) {
  const { view, change } = useView();
  const moved = view.sliders ?? {};
  const set = (id: string, value: number | null) => {
    const { [id]: _, ...others } = moved;
    change({ sliders: value === null ? others : { ...others, [id]: value } }, true);
  };
  const numbers = answer.numbers.filter(({ id }) => moved[id] !== undefined).map(numberSpec);
  return (
    <Panel
      title="What if"
      note="Laid over burnrate.yaml; figures follow as you move"
      actions={
        isMoved(view) && (
          <Button size="compact-sm" variant="default" onClick={() => change({ sliders: {}, models: {} }, true)}>
            As the file is
          </Button>
        )
      }
    >
      <div className={styles.sliders}>
        {[...specsOf(answer), ...numbers].map((spec) => (
          <Slider key={spec.id} spec={spec} value={moved[spec.id]} onChange={(value) => set(spec.id, value)} />
        ))}
        <ModelSwitches answer={answer} />
        <AddNumber answer={answer} moved={moved} onAdd={({ id, p50 }) => set(id, p50)} />
      </div>
    </Panel>
  );
}

interface SliderProps {
  readonly spec: SliderSpec;
  readonly value: number | undefined;
  onChange(value: number | null): void;
}

function Slider({ spec, value = spec.neutral, onChange }: SliderProps) {
  const isNumber = spec.label === spec.id && spec.id.includes('.');
  return (
    <div className={styles.slider}>
      <label className={styles.label}>
        <span className={styles.name}>{spec.label}</span>
        <span className={styles.value}>{spec.show(value)}</span>
        <input
          type="range"
          min={spec.low}
          max={spec.high}
          step={spec.step}
          value={value}
          aria-valuetext={spec.show(value)}
          onChange={(event) => {
            const next = Number(event.currentTarget.value);
            onChange(next === spec.neutral && !isNumber ? null : next);
          }}
        />
      </label>
      {isNumber && <CloseButton size="xs" aria-label={`Let go of ${spec.label}`} onClick={() => onChange(null)} />}
    </div>
  );
}

interface AddNumberProps {
  readonly answer: ForecastModelAnswer;
  readonly moved: Readonly<Record<string, number>>;
  onAdd(number: SliderNumber): void;
}

/** Any number the file is unsure of can be taken as certain. */
function AddNumber({ answer, moved, onAdd }: AddNumberProps) {
  const free = answer.numbers.filter(({ id }) => moved[id] === undefined);
  if (free.length === 0) return null;
  return (
    <Select
      size="xs"
      label="Take a number of the file as certain"
      placeholder="Path in burnrate.yaml"
      data={free.map(({ id }) => id)}
      value={null}
      searchable
      onChange={(id) => {
        const found = free.find((number) => number.id === id);
        if (found) onAdd(found);
      }}
    />
  );
}
