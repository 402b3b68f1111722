import { Button, CloseButton, Popover, Select } from '@mantine/core';
import { useState } from 'react';
import { useCosts } from '../api/queries.ts';
import { behaviourFilter, behaviourWords } from '../view/behaviour-filter.ts';
import { dimensionGroups, dimensionLabel } from '../view/dimensions.ts';
import { useView } from '../view/use-view.ts';
import { dimensionFilters, outcomeFilter, withFilter, withoutFilter } from '../view/view-state.ts';
import styles from './filter-bar.module.css';

/** Values offered of one dimension, the dearest first. */
const valuesMax = 100;

interface FilterBarProps {
  /** Filters beside those of dimensions that this page follows. */
  readonly also?: readonly string[];
}

const listFilters: readonly string[] = [outcomeFilter, behaviourFilter];

/** The filters in force on every figure of the page, each of which can be taken away, and a way to add one. */
export function FilterBar({ also = [] }: FilterBarProps) {
  const { view, change } = useView();
  const names = Object.keys(view.where);
  return (
    <div className={styles.bar}>
      {names.length > 0 && (
        <ul className={styles.filters} aria-label="Filters">
          {names.map((name) => (
            <li key={name} className={styles.filter}>
              <span>
                {dimensionLabel(name)}{' '}
                <strong>{(view.where[name] ?? []).map((value) => wordsOf(name, value)).join(' or ')}</strong>
                {listFilters.includes(name) && !also.includes(name) && (
                  <span className="muted"> narrows lists of calls or runs, not this page</span>
                )}
              </span>
              <CloseButton
                size="xs"
                aria-label={`Remove the filter ${dimensionLabel(name)}`}
                onClick={() => change({ where: withoutFilter(view.where, name) })}
              />
            </li>
          ))}
        </ul>
      )}
      <AddFilter />
      {names.length > 1 && (
        <Button size="compact-sm" variant="subtle" onClick={() => change({ where: {} })}>
          Clear all
        </Button>
      )}
    </div>
  );
}

function wordsOf(name: string, value: string): string {
  return (name === behaviourFilter ? behaviourWords(value) : value) || '(none)';
}

function AddFilter() {
  const { view, change } = useView();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus returnFocus withinPortal={false}>
      <Popover.Target>
        <Button size="compact-sm" variant="default" onClick={() => setOpened(!opened)}>
          Add filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <FilterForm
          onChoose={(name, value) => {
            setOpened(false);
            change({ where: withFilter(view.where, name, value) });
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

const choices = dimensionGroups
  .filter(({ group }) => group !== 'When')
  .map(({ group, items }) => ({ group, items: items.map((value) => ({ value, label: dimensionLabel(value) })) }));

function FilterForm({ onChoose }: { onChoose(name: string, value: string): void }) {
  const [name, setName] = useState<string | null>(null);
  return (
    <div className={styles.form}>
      <Select
        label="Only where"
        placeholder="Team, model, release…"
        data={choices}
        value={name}
        onChange={setName}
        searchable
        comboboxProps={{ withinPortal: false }}
      />
      {name !== null && <ValueSelect key={name} name={name} onChoose={(value) => onChoose(name, value)} />}
    </div>
  );
}

/** Values that occur in the range under the other filters. */
function ValueSelect({ name, onChoose }: { readonly name: string; onChoose(value: string): void }) {
  const { view } = useView();
  const where = dimensionFilters(withoutFilter(view.where, name));
  const costs = useCosts({ by: [name], where, limit: valuesMax }, view.range);
  const values = [...new Set((costs.data?.rows ?? []).map((row) => String(row[name] ?? '')))];
  return (
    <Select
      label="is"
      placeholder={costs.data === undefined ? 'Reading…' : 'Choose a value'}
      data={values.map((value) => ({ value: value === '' ? none : value, label: value || '(none)' }))}
      onChange={(value) => value !== null && onChoose(value === none ? '' : value)}
      searchable
      nothingFoundMessage="Nothing in this range"
      comboboxProps={{ withinPortal: false }}
    />
  );
}

/** Options need a value; no name of ours holds this character. */
const none = '\u0000';
