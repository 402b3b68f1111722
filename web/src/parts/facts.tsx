import type { ReactNode } from 'react';
import styles from './facts.module.css';

interface FactProps {
  readonly label: string;
  readonly value: ReactNode;
  /** What the figure is made of, in a few words. */
  readonly detail?: ReactNode;
  /** The exact amount, shown on hover. */
  readonly exact?: string | undefined;
  readonly hero?: boolean;
}

export function Fact({ label, value, detail, exact, hero = false }: FactProps) {
  return (
    <div className={hero ? `${styles.fact} ${styles.hero}` : styles.fact}>
      <dt title={label}>{label}</dt>
      <dd className={styles.value} title={exact}>
        {value}
      </dd>
      {detail !== undefined && <dd className={styles.detail}>{detail}</dd>}
    </div>
  );
}

/** A strip of figures; the hero first. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}
