import { useEffect } from 'react';

/** Names the page in the browser's tab, history and screen reader. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Burnrate`;
  }, [title]);
}
