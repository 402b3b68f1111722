import styles from './chart.module.css';

/** Names beside their colours, as text: canvases are silent. */
export function Legend({ names }: { readonly names: readonly string[] }) {
  if (names.length < 2) return null;
  return (
    <ul className={styles.legend} aria-label="Legend">
      {names.map((name, index) => (
        <li key={name}>
          <span className={styles.swatch} style={{ background: `var(--c${(index % 8) + 1})` }} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}
