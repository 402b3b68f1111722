import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { ViewState } from './view-state.ts';

export interface ViewControl {
  readonly view: ViewState;
  /** Changes part of the view and keeps the page; a new history entry unless `replace`. */
  change(patch: Partial<ViewState>, replace?: boolean): void;
}

/** The view as the URL has it: range, filters, breakdown and opened stages. */
export function useView(): ViewControl {
  const view = useSearch({ from: '__root__' });
  const navigate = useNavigate();
  const change = useCallback(
    (patch: Partial<ViewState>, replace = false) => {
      void navigate({
        to: '.',
        search: (before) => ({ ...before, ...patch }) as ViewState,
        replace,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { view, change };
}

/** What a link to another page carries along: range and filters, and nothing that only belongs to this page. */
export function carry(view: ViewState, patch: Partial<ViewState> = {}): ViewState {
  return { range: view.range, by: [], where: view.where, open: [], ...patch };
}
