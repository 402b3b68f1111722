import { Link } from '@tanstack/react-router';
import { attributionNames } from '../../../src/tree/index.ts';
import type { Call } from '../api/schema.ts';
import { InferredMark } from '../parts/badges.tsx';
import { dimensionLabel } from '../view/dimensions.ts';
import { carry, useView } from '../view/use-view.ts';
import styles from './attribution-list.module.css';

/** What a call is attributed to; each value leads to all its costs. */
export function AttributionList({ call }: { readonly call: Call }) {
  const { view } = useView();
  const inferred = new Set<string>(call.attempts.flatMap((attempt) => attempt.inferred));
  const fields = attributionNames.flatMap((name) =>
    call[name] === undefined ? [] : [{ name: name as string, value: call[name] }],
  );
  const tags = Object.entries(call.tags ?? {}).map(([name, value]) => ({ name: `tag.${name}`, value }));
  const key = call.attempts[0]?.keyId;
  const all = [...fields, ...tags, ...(key === undefined || key === '' ? [] : [{ name: 'key', value: key }])];
  if (all.length === 0) return <p className="muted">Nobody said what this call was for.</p>;
  return (
    <dl className={styles.list}>
      {all.map(({ name, value }) => (
        <div key={name}>
          <dt>{dimensionLabel(name)}</dt>
          <dd>
            <Link
              to="/costs"
              search={carry(view, { where: { [name]: [value] }, by: [name === 'run' ? 'stage' : 'run'] })}
            >
              {value}
            </Link>
            {inferred.has(name) && <InferredMark />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
