import { useLocation } from '@tanstack/react-router';
import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';
import styles from './panel.module.css';
import { PanelTitle } from './states.tsx';

export interface PanelProps {
  readonly title: ReactNode;
  /** Where a link leads to it. */
  readonly id?: string;
  /** One sentence under the title. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Lets a table reach the panel's edges. */
  readonly flush?: boolean;
}

/** A titled part of a page; a landmark of its own. */
export function Panel({ title, id: anchor, note, actions, children, flush = false }: PanelProps) {
  const id = useId();
  const section = useLinked(anchor);
  return (
    <section
      ref={section}
      className={styles.panel}
      aria-labelledby={id}
      {...(anchor === undefined ? {} : { id: anchor })}
    >
      <div className={styles.head}>
        <div className={styles.titles}>
          <h2 id={id}>{title}</h2>
          {note !== undefined && <p className={styles.note}>{note}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      <div className={flush ? styles.flush : styles.body}>
        <PanelTitle value={typeof title === 'string' ? title : null}>{children}</PanelTitle>
      </div>
    </section>
  );
}

/** A link may lead to a panel that only comes with its figures: then it comes into view. */
function useLinked(anchor: string | undefined): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  const linked = useLocation({ select: ({ hash }) => anchor !== undefined && hash === anchor });
  useEffect(() => {
    if (linked) section.current?.scrollIntoView({ block: 'start' });
  }, [linked]);
  return section;
}

interface PageHeadProps {
  readonly title: ReactNode;
  readonly above?: ReactNode;
  readonly badges?: ReactNode;
}

/** Title of a page, with the way back above it. The range control stands at its right. */
export function PageHead({ title, above, badges }: PageHeadProps) {
  return (
    <div className={styles.pageHead}>
      {above !== undefined && <div className={styles.above}>{above}</div>}
      <div className="row">
        <h1>{title}</h1>
        {badges}
      </div>
    </div>
  );
}
