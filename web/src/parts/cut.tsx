import type { ReactNode } from 'react';

interface CutProps {
  /** The whole name, shown on hover; a screen reader reads it whole in any case. */
  readonly text: string;
  /** What stands there when it is not the bare text, like a link of that text. */
  readonly children?: ReactNode;
}

/** A name somebody else chose: however long it is, the numbers beside it stay in view. */
export function Cut({ text, children = text }: CutProps) {
  return (
    <span className="cut" title={text}>
      {children}
    </span>
  );
}
