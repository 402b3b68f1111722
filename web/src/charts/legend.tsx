import styles from './chart.module.css';

interface LegendProps {
  readonly series: readonly { readonly name: string; readonly colour: number }[];
}

/** Names beside their colours, as text: canvases are silent. */
export function Legend({ series }: LegendProps) {
  if (series.length < 2) return null;
  return (
    <ul className={styles.legend} aria-label="Legend">
      {series.map(({ name, colour }) => (
        <li key={name}>
          <span className={styles.swatch} style={{ background: `var(--c${(colour % 8) + 1})` }} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}
