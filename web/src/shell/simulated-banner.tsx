import { useInstance } from '../api/queries.ts';
import styles from './banner.module.css';

/** Says on every page that no provider was paid for what is shown. */
export function SimulatedBanner() {
  const instance = useInstance();
  if (!instance.data?.simulated) return null;
  return (
    <aside className={styles.simulated} aria-label="Simulated data">
      <strong>Simulated data.</strong> A provider emulator answers every call; no money is spent.{' '}
      <span className={styles.wide}>Start with provider keys in the environment to meter real calls.</span>
    </aside>
  );
}
