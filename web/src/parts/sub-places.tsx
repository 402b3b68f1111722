import { Link } from '@tanstack/react-router';
import { carry, useView } from '../view/use-view.ts';
import styles from './sub-places.module.css';

interface SubPlacesProps {
  readonly label: string;
  readonly places: readonly {
    readonly to: '/economics' | '/economics/behaviour' | '/economics/weekly';
    readonly label: string;
  }[];
}

/** The pages of one place; range and filters stay as they are. */
export function SubPlaces({ label, places }: SubPlacesProps) {
  const { view } = useView();
  return (
    <nav aria-label={label} className={styles.places}>
      {places.map(({ to, label: text }) => (
        <Link
          key={to}
          to={to}
          search={carry(view)}
          activeOptions={{ exact: true, includeSearch: false }}
          className={styles.place}
          activeProps={{ className: `${styles.place} ${styles.current}`, 'aria-current': 'page' }}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}

/** Economics, how users behave, and what both come to in a week. */
export function EconomicPlaces() {
  return (
    <SubPlaces
      label="Economics"
      places={[
        { to: '/economics', label: 'Full cost' },
        { to: '/economics/behaviour', label: 'Behaviour' },
        { to: '/economics/weekly', label: 'Weekly review' },
      ]}
    />
  );
}
