import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import styles from './states.module.css';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** Of what stands in while the first answer is awaited, px; a whole page's worth when left out. */
  readonly height?: number;
  children(data: T): ReactNode;
}

/** Shows the data once there is any; before that a skeleton, or what went wrong and what to do. */
export function Loaded<T>({ query, height, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return height === undefined ? <PageWaiting /> : <Waiting height={height} />;
}

function Waiting({ height }: { readonly height: number }) {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={height} radius="md" className={styles.skeleton} />
    </div>
  );
}

/** A whole page on its way: a strip of figures and two panels. */
function PageWaiting() {
  return (
    <div role="status" aria-label="Loading" className="stack">
      {[112, 320, 260].map((height) => (
        <Skeleton key={height} height={height} radius="lg" className={styles.skeleton} />
      ))}
    </div>
  );
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
