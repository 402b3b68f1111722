import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/client.ts';
import { type LinkState, useLive } from '../api/live.tsx';
import { liveKey } from '../api/live-key.ts';
import { showClock } from '../format/time.ts';
import styles from './banner.module.css';

const breaks: Partial<Record<LinkState, string>> = {
  lost: 'The live connection broke off and is being made again.',
  away: 'The ledger does not answer; it is asked again.',
};

/** Old figures stay on screen when new ones cannot be had; this says so, how old they are, and why. */
export function StaleBanner() {
  const live = useLive();
  const stale = useStaleFigures();
  const broken = breaks[live.link];
  if (stale === null && broken === undefined) return null;
  const since = stale ?? { atMs: live.refreshedAtMs, reason: broken ?? '' };
  return (
    <div className={styles.stale} role="status">
      <strong>{since.atMs ? `Figures as of ${showClock(since.atMs)}.` : 'Not up to date.'}</strong> {since.reason}{' '}
      Metering goes on meanwhile.
    </div>
  );
}

/** The oldest figures on screen whose last reading failed. Drawn anew whenever a reading begins or ends. */
function useStaleFigures(): { readonly atMs: number; readonly reason: string } | null {
  const client = useQueryClient();
  useIsFetching({ queryKey: [liveKey] });
  const failed = client
    .getQueryCache()
    .findAll({ queryKey: [liveKey], type: 'active' })
    .filter((query) => query.state.status === 'error' && query.state.data !== undefined)
    .sort((a, b) => a.state.dataUpdatedAt - b.state.dataUpdatedAt)[0];
  if (!failed) return null;
  const { error, dataUpdatedAt } = failed.state;
  return {
    atMs: dataUpdatedAt,
    reason: error instanceof ApiError ? `${error.message.replace(/\.$/, '')} (${error.code}).` : 'Unknown.',
  };
}
