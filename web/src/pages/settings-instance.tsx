import { useInstance, useReadiness } from '../api/queries.ts';
import type { Instance, Readiness } from '../api/schema.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import styles from './settings.module.css';

/** Version, addresses, and whether each thing that must work does. */
export function InstanceFactsPanel() {
  const instance = useInstance();
  const readiness = useReadiness();
  return (
    <Panel title="Instance" note="Set in burnrate.yaml; read when Burnrate starts">
      <Loaded query={instance} height={180}>
        {(facts) => <InstanceList facts={facts} readiness={readiness.data} />}
      </Loaded>
    </Panel>
  );
}

function InstanceList({ facts, readiness }: { readonly facts: Instance; readonly readiness: Readiness | undefined }) {
  const { dataPlane } = facts;
  return (
    <dl className={styles.list}>
      <dt>Version</dt>
      <dd>{facts.version}</dd>
      <dt>Started</dt>
      <dd>{showMoment(facts.startedAt)}</dd>
      <dt>Time zone</dt>
      <dd>{facts.timeZone}, which days, weeks and months follow</dd>
      <dt>Data plane</dt>
      <dd>
        {facts.access === 'open' ? 'Open: any key is taken, for calls from this machine' : 'Calls need a key made here'}
      </dd>
      <dt>Dashboard</dt>
      <dd>
        {facts.signIn
          ? `Asks for a sign-in; you are ${facts.you.name}, ${facts.you.role}`
          : 'Open to this machine; BURNRATE_ADMIN_TOKEN asks for a sign-in'}
      </dd>
      <dt>Providers</dt>
      <dd>
        <ul className="plain">
          {dataPlane.providers.map((provider) => (
            <li key={provider.name}>
              {provider.name} <span className="muted">{provider.kind}</span>{' '}
              <code className="mono">{provider.url}</code>
            </li>
          ))}
        </ul>
      </dd>
      <dt>Workflows</dt>
      <dd>{facts.workflows.length === 0 ? 'none described in burnrate.yaml' : facts.workflows.join(', ')}</dd>
      {readiness?.checks.map((check) => (
        <Check key={check.name} check={check} />
      ))}
    </dl>
  );
}

function Check({ check }: { readonly check: Readiness['checks'][number] }) {
  return (
    <>
      <dt>{check.name.charAt(0).toUpperCase() + check.name.slice(1)}</dt>
      <dd className="row">
        <Mark tone={check.ok ? 'good' : 'bad'} label={check.ok ? 'works' : 'does not work'} meaning={check.message} />
        {check.message}
      </dd>
    </>
  );
}
