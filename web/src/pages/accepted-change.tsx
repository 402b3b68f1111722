import { Button, CopyButton } from '@mantine/core';
import type { Recommendation } from '../api/schema.ts';
import { showMoney } from '../format/money.ts';
import { plural } from '../format/number.ts';
import styles from './recommendations.module.css';

/** The exact change of the file, to be taken into review. */
export function AcceptedChange({ recommendation }: { readonly recommendation: Recommendation }) {
  const { change, evidence } = recommendation;
  const text = change.diff === '' ? asYaml(change.path, change.value) : change.diff;
  return (
    <section className={styles.accepted} aria-label="The change">
      <p>
        {change.diff === '' ? (
          <>Write this in burnrate.yaml:</>
        ) : (
          <>
            In <code>{change.file}</code>:
          </>
        )}
      </p>
      <pre className={styles.diff}>{text}</pre>
      <div className="row">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <span className="muted">
          Tried on {plural(evidence.attempts, 'attempt')} that cost {showMoney(evidence.recordedUsd)}; they would have
          cost {showMoney(evidence.wouldUsd)}. <code>burnrate advice accept</code> writes it,{' '}
          <code>burnrate check</code> says what it does to the forecast.
        </span>
      </div>
    </section>
  );
}

/** One setting under the keys it belongs to. */
function asYaml(path: readonly (string | number)[], value: unknown): string {
  const keys = path.map((key, depth) => `${'  '.repeat(depth)}${key}:`);
  const last = keys.length - 1;
  const text = value !== null && typeof value === 'object' ? `{ ${pairs(value)} }` : String(value);
  return keys.map((line, depth) => (depth === last ? `${line} ${text}` : line)).join('\n');
}

function pairs(value: object): string {
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${String(each)}`)
    .join(', ');
}
