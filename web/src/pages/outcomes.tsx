import type { Figures } from '../api/schema.ts';
import { unknownText } from '../format/money.ts';
import { plural, showCount, showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import type { Filters } from '../view/view-state.ts';
import styles from './outcomes.module.css';

const kinds = ['success', 'escalated', 'abandoned', 'failed', 'open'] as const;
const words = {
  success: 'Success',
  escalated: 'Escalated',
  abandoned: 'Abandoned',
  failed: 'Failed',
  open: 'Open',
} as const;

/** How the runs of the range ended, as one bar with its numbers beside it. */
export function Outcomes({ figures, where }: { readonly figures: Figures; readonly where: Filters }) {
  const counts = { ...figures.outcomes, open: figures.runsOpen };
  const all = kinds.reduce((sum, kind) => sum + counts[kind], 0);
  if (all === 0) return <p className="muted">No runs in this range.</p>;
  const ended = all - counts.open;
  return (
    <div className={styles.outcomes}>
      <p className={styles.lead}>
        <strong>
          {ended === 0 ? (
            unknownText
          ) : (
            <Behind where={{ ...where, outcome: ['success'] }} list="runs">
              {showShare(counts.success / ended)}
            </Behind>
          )}
        </strong>{' '}
        of {plural(ended, 'ended run')} succeeded
      </p>
      <div className={styles.bar} aria-hidden="true">
        {kinds.map((kind) => (
          <span
            key={kind}
            data-kind={kind}
            className={styles.part}
            style={{ flexGrow: counts[kind] }}
            hidden={counts[kind] === 0}
          />
        ))}
      </div>
      <dl className={styles.list}>
        {kinds.map((kind) => (
          <div key={kind}>
            <dt>
              <span className={styles.swatch} data-kind={kind} aria-hidden="true" />
              {words[kind]}
            </dt>
            <dd>
              <Behind where={{ ...where, outcome: [kind] }} list="runs">
                {showCount(counts[kind])}
              </Behind>{' '}
              <span className="muted">{showShare(counts[kind] / all)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
