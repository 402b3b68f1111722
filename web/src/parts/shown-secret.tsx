import { Button, CopyButton } from '@mantine/core';
import styles from './shown-secret.module.css';

/** A secret that is shown this once. */
export function ShownSecret({
  whose,
  secret,
  done,
}: {
  readonly whose: string;
  readonly secret: string;
  done(): void;
}) {
  return (
    <div className={styles.secret} role="status">
      <p>
        <strong>{whose}, shown this once.</strong> Only a hash of it is kept.
      </p>
      <code>{secret}</code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
      <Button size="compact-sm" variant="default" onClick={done}>
        I have kept it
      </Button>
    </div>
  );
}
