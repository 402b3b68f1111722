import { Button } from '@mantine/core';
import type { Pages } from '../api/queries.ts';
import styles from './data-table.module.css';

/** Below a list that goes on. */
export function More({ pages, what }: { readonly pages: Pages<unknown>; readonly what: string }) {
  if (pages.more === null) return null;
  return (
    <div className={styles.rest}>
      <Button size="compact-sm" variant="default" onClick={pages.more} loading={pages.readingMore}>
        Show older {what}
      </Button>
    </div>
  );
}
