import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RangeChoice } from '../view/range.ts';
import { carry, useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';

interface BehindProps {
  /** Added to the filters of the page; an empty value means "without one". */
  readonly where?: Filters;
  readonly range?: RangeChoice;
  /** What stands behind the figure. */
  readonly list?: 'calls' | 'runs';
  readonly children: ReactNode;
}

/** A figure that leads to the calls, or runs, it counts. */
export function Behind({ where = {}, range, list = 'calls', children }: BehindProps) {
  const { view } = useView();
  const patch = { where: { ...view.where, ...where }, ...(range === undefined ? {} : { range }) };
  return (
    <Link to={list === 'calls' ? '/calls' : '/runs'} search={carry(view, patch)} className="figure">
      {children}
    </Link>
  );
}
