import { showShare } from '../format/number.ts';
import styles from './share-bar.module.css';

/** A share between 0 and 1 as a bar with its percentage; more than the whole fills it. */
export function ShareBar({ share }: { readonly share: number }) {
  return (
    <span className={styles.share}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${Math.min(100, share * 100)}%` }} />
      </span>
      <span className={styles.percent}>{showShare(share)}</span>
    </span>
  );
}
