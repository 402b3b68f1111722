import { Button, Popover, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { nowMs } from '../clock.ts';
import { describeRange, isPreset, presets, type RangeChoice, resolveRange } from '../view/range.ts';
import { useView } from '../view/use-view.ts';
import styles from './range-picker.module.css';

const options = Object.entries(presets).map(([value, preset]) => ({ value, label: preset.label }));

/** Which stretch of time every figure on the page is about. */
export function RangePicker() {
  const { view, change } = useView();
  const choose = (value: string) => isPreset(value) && change({ range: { kind: 'last', preset: value } });
  return (
    <div className={styles.picker}>
      <SegmentedControl
        aria-label="Time range"
        size="xs"
        data={options}
        value={view.range.kind === 'last' ? view.range.preset : ''}
        onChange={choose}
        className={styles.presets}
        withItemsBorders={false}
      />
      <CustomRange range={view.range} onChoose={(range) => change({ range })} />
    </div>
  );
}

interface CustomRangeProps {
  readonly range: RangeChoice;
  onChoose(range: RangeChoice): void;
}

function CustomRange({ range, onChoose }: CustomRangeProps) {
  const [opened, setOpened] = useState(false);
  const fixed = range.kind === 'fixed';
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus withinPortal={false}>
      <Popover.Target>
        <Button
          size="xs"
          variant={fixed ? 'light' : 'default'}
          onClick={() => setOpened(!opened)}
          aria-label={fixed ? `Custom range: ${describeRange(range)}` : 'Custom range'}
        >
          {fixed ? describeRange(range) : 'Custom'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <RangeForm
          range={range}
          onChoose={(chosen) => {
            setOpened(false);
            onChoose(chosen);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function RangeForm({ range, onChoose }: CustomRangeProps) {
  const [initial] = useState(() => resolveRange(range, nowMs()));
  const [from, setFrom] = useState(toLocalText(initial.fromMs));
  const [to, setTo] = useState(toLocalText(initial.toMs));
  const valid = Date.parse(from) < Date.parse(to);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) onChoose({ kind: 'fixed', fromMs: Date.parse(from), toMs: Date.parse(to) });
      }}
    >
      <TextInput type="datetime-local" label="From" value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
      <TextInput
        type="datetime-local"
        label="To"
        value={to}
        onChange={(e) => setTo(e.currentTarget.value)}
        error={valid ? undefined : 'Must be later than From'}
      />
      <Button type="submit" disabled={!valid}>
        Show this range
      </Button>
    </form>
  );
}

/** A moment as `datetime-local` wants it: the reader's wall clock, to the minute. */
function toLocalText(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}
