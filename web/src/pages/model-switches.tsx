import { Select } from '@mantine/core';
import type { ForecastModelAnswer } from '../api/schema.ts';
import { plural } from '../format/number.ts';
import { useView } from '../view/use-view.ts';
import styles from './forecast.module.css';

/** Which model answers each stage. Only prices follow a switch: what else would change nobody knows before it is tried. */
export function ModelSwitches({ answer }: { readonly answer: ForecastModelAnswer }) {
  const { view, change } = useView();
  const { models = {} } = view;
  const switched = Object.keys(models).length;
  if (answer.stages.length === 0) return null;
  const choose = (id: string, model: string | null, before: string) => {
    const { [id]: _, ...others } = models;
    change({ models: model === null || model === before ? others : { ...others, [id]: model } }, true);
  };
  return (
    <details className={styles.models} open={switched > 0}>
      <summary>
        Models of stages{switched > 0 && <span className="muted"> {plural(switched, 'switch', 'switches')}</span>}
      </summary>
      <p className="muted">
        Prices alone follow: tokens, failures and response times stay what burnrate.yaml says of the stage.
      </p>
      {answer.stages.map(({ id, model }) => (
        <Select
          key={id}
          size="xs"
          label={id.replace('.', ' ')}
          data={[...new Set([model, ...answer.models])]}
          value={models[id] ?? model}
          allowDeselect={false}
          searchable
          onChange={(chosen) => choose(id, chosen, model)}
        />
      ))}
    </details>
  );
}
