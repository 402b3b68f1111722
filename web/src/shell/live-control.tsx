import { Button } from '@mantine/core';
import { type LinkState, useLive } from '../api/live.tsx';
import styles from './live-control.module.css';

const words: Record<LinkState, string> = {
  connecting: 'Connecting',
  live: 'Live',
  away: 'Not up to date',
  lost: 'Reconnecting',
};

/** Shows whether figures follow the ledger, and stops them for reading. */
export function LiveControl() {
  const live = useLive();
  const state = live.paused ? 'paused' : live.link;
  return (
    <div className={styles.control}>
      <span className={styles.state} role="status">
        <span className={styles.dot} data-state={state} aria-hidden="true" />
        {live.paused ? 'Paused' : words[live.link]}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => live.setPaused(!live.paused)}
        aria-label={live.paused ? 'Resume live updates' : 'Pause live updates'}
      >
        {live.paused ? 'Resume' : 'Pause'}
      </Button>
    </div>
  );
}
