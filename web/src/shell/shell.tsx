import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { LiveProvider } from '../api/live.tsx';
import { useInstance } from '../api/queries.ts';
import { carry, useView } from '../view/use-view.ts';
import { LiveControl } from './live-control.tsx';
import { RangePicker } from './range-picker.tsx';
import styles from './shell.module.css';
import { SignInGate, SignOut } from './sign-in.tsx';
import { SimulatedBanner } from './simulated-banner.tsx';
import { StaleBanner } from './stale-banner.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

const places = [
  { to: '/', label: 'Overview' },
  { to: '/workflows', label: 'Workflows' },
  { to: '/costs', label: 'Costs' },
  { to: '/calls', label: 'Calls' },
  { to: '/economics', label: 'Economics' },
  { to: '/forecast', label: 'Forecast' },
  { to: '/controls', label: 'Controls' },
  { to: '/operations', label: 'Operations' },
  { to: '/settings', label: 'Settings' },
] as const;

export function Shell() {
  return (
    <SignInGate>
      <Frame />
    </SignInGate>
  );
}

/** What stands around every page: the way about, the time range, the live state. */
function Frame() {
  const { view } = useView();
  return (
    <LiveProvider range={view.range}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Brand />
          <Places />
          <div className={styles.tools}>
            <LiveControl />
            <ThemeToggle />
            <SignOut />
          </div>
        </div>
      </header>
      <SimulatedBanner />
      <div className={styles.frame}>
        <StaleBanner />
        <RangeControl />
        <Content />
      </div>
    </LiveProvider>
  );
}

/** Settings hold whatever the time, a week is chosen by itself, and a forecast is of what comes. */
const timeless: ReadonlySet<string> = new Set(['/settings', '/economics/weekly', '/forecast']);

function RangeControl() {
  const path = useLocation({ select: (location) => location.pathname });
  if (timeless.has(path)) return null;
  return (
    <section className={styles.controls} aria-label="Time range">
      <RangePicker />
    </section>
  );
}

function Brand() {
  const instance = useInstance();
  const { view } = useView();
  const version = instance.data?.version;
  return (
    <Link to="/" search={carry(view)} className={styles.brand}>
      <img src="/icon.svg" alt="" width={26} height={26} />
      <span>Burnrate</span>
      {version !== undefined && <span className={styles.version}>{version}</span>}
    </Link>
  );
}

function Places() {
  const { view } = useView();
  const path = useLocation({ select: (location) => location.pathname });
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen the places are a row to be moved; the current one is in it.
    const current = path === '/' ? undefined : nav.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  return (
    <nav aria-label="Places" className={styles.places} ref={nav}>
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          search={carry(view)}
          activeOptions={{ exact: place.to === '/', includeSearch: false }}
          className={styles.place}
          activeProps={{ className: `${styles.place} ${styles.current}`, 'aria-current': 'page' }}
        >
          {place.label}
        </Link>
      ))}
    </nav>
  );
}

/** Moves focus to the page when the place changes, so that keyboard and screen reader start where the eye does. */
function Content() {
  const path = useLocation({ select: (location) => location.pathname });
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <main id="content" ref={main} tabIndex={-1} className={styles.main}>
      <Outlet />
    </main>
  );
}
