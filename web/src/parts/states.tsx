import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { useAskAgain } from '../api/ask-again.ts';
import { ApiError } from '../api/client.ts';
import styles from './states.module.css';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** Of what stands in while the first answer is awaited, px; a whole page's worth when left out. */
  readonly height?: number;
  children(data: T): ReactNode;
}

/** What the panel around is called, to say what is waited for. */
export const PanelTitle = createContext<string | null>(null);

/** Longer than this nobody waits without a word, ms. */
const patienceMs = 10_000;

/** Shows the data once there is any; before that a skeleton, or what went wrong and what to do. */
export function Loaded<T>({ query, height, children }: LoadedProps<T>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isPlaceholderData && (
          <Waiting failed={query.failureCount > 0}>
            <div className={styles.reading} />
          </Waiting>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Awaited failed={query.errorUpdateCount > 0} heights={height === undefined ? pageHeights : [height]} />;
}

/** A whole page on its way: a strip of figures and two panels, px. */
const pageHeights = [112, 320, 260];

interface AwaitedProps {
  readonly failed?: boolean;
  readonly heights?: readonly number[];
}

/** Stands in for what is not there yet, px. */
export function Awaited({ failed = false, heights = pageHeights }: AwaitedProps) {
  return (
    <Waiting failed={failed}>
      {heights.map((each) => (
        <Skeleton key={each} height={each} radius="lg" className={styles.skeleton} />
      ))}
    </Waiting>
  );
}

interface WaitingProps {
  /** Whether it was asked in vain before. */
  readonly failed: boolean;
  readonly children: ReactNode;
}

/** Stands in for what is on its way; when that takes long it says so, and asks again if one wants it to. */
function Waiting({ failed, children }: WaitingProps) {
  const [asked, setAsked] = useState(0);
  const late = useLate(asked) || failed;
  const what = use(PanelTitle);
  const askAgain = useAskAgain();
  const again = () => {
    setAsked(asked + 1);
    askAgain();
  };
  return (
    <div role="status" aria-label="Loading" className="stack">
      {late && (
        <div className={styles.late}>
          <p>
            <strong>{what === null ? 'This page' : `“${what}”`} is still being read.</strong> Burnrate takes more than{' '}
            {patienceMs / 1_000} s to answer: its ledger may be busy, or the range long.
          </p>
          <Button size="compact-sm" variant="default" onClick={again}>
            Try again
          </Button>
        </div>
      )}
      {children}
    </div>
  );
}

/** Whether it takes long already, since it was last asked. */
function useLate(asked: number): boolean {
  const [lateOf, setLateOf] = useState(-1);
  useEffect(() => {
    const timer = setTimeout(() => setLateOf(asked), patienceMs);
    return () => clearTimeout(timer);
  }, [asked]);
  return lateOf === asked;
}

interface ErrorStateProps {
  readonly error: Error;
  retry?(): void;
}

export function ErrorState({ error, retry }: ErrorStateProps) {
  const known = error instanceof ApiError;
  return (
    <div className={styles.error} role="alert">
      <p className={styles.message}>{error.message}</p>
      <p>{known ? error.remedy : 'This is a defect of the dashboard; reload the page and report it.'}</p>
      <div className="row">
        {retry && (
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        <code className="muted">{known ? error.code : error.name}</code>
      </div>
    </div>
  );
}

/** A range or filter in which nothing happened; never shown as zeros. */
export function NothingHere({ children }: { readonly children: ReactNode }) {
  return <p className={styles.nothing}>{children}</p>;
}
