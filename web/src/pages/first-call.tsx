import { Button, Tabs } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useInstance } from '../api/queries.ts';
import { Panel } from '../parts/panel.tsx';
import styles from './first-call.module.css';
import { snippets } from './snippets.ts';

/** What an empty instance shows: how to send the first call. */
export function FirstCall() {
  const instance = useInstance();
  const origin = window.location.origin;
  const urls = instance.data?.dataPlane ?? {
    openai: `${origin}/v1`,
    anthropic: `${origin}/anthropic`,
    gemini: `${origin}/gemini`,
  };
  return (
    <Panel
      title="Waiting for the first call"
      note="Point an SDK at Burnrate by changing its base URL. This page fills by itself when the call arrives."
    >
      <Tabs defaultValue="openai-python" className={styles.tabs}>
        <Tabs.List aria-label="Client">
          {snippets(urls).map((snippet) => (
            <Tabs.Tab key={snippet.id} value={snippet.id}>
              {snippet.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets(urls).map((snippet) => (
          <Tabs.Panel key={snippet.id} value={snippet.id}>
            <Snippet code={snippet.code} label={snippet.label} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <p className={styles.hint}>
        The two <code>burnrate-…</code> headers say what the call is for. Without them it is metered all the same, under
        no workflow. How the run ended is told with <code>POST /api/outcomes</code>; from then on the cost per
        successful outcome is known.
      </p>
    </Panel>
  );
}

function Snippet({ code, label }: { readonly code: string; readonly label: string }) {
  const clipboard = useClipboard({ timeout: 2_000 });
  return (
    <div className={styles.snippet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section tabIndex={0} aria-label={`Example with ${label}`} className={styles.code}>
        <pre>{code}</pre>
      </section>
      <Button size="compact-sm" variant="default" className={styles.copy} onClick={() => clipboard.copy(code)}>
        {clipboard.copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
