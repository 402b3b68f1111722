import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { sendJson } from '../api/client.ts';
import { useKeys } from '../api/queries.ts';
import type { AccessKey, CreatedKey } from '../api/schema.ts';
import { useMay } from '../api/use-may.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { RevokeButton } from '../parts/revoke-button.tsx';
import { SecretMaker } from '../parts/secret-maker.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import styles from './settings.module.css';

/** Keys clients send calls with: made, seen once, taken back. */
export function KeysPanel() {
  const keys = useKeys();
  const rows = keys.data?.keys ?? [];
  const admin = useMay('admin');
  const shown = columns.filter(({ key }) => admin || key !== 'revokedAt');
  return (
    <Panel
      title="Access keys"
      note="What clients send where their SDK puts the provider's key; calls take over the key's labels"
      flush
      actions={<CsvButton fileName="burnrate-keys.csv" columns={columns} rows={rows} />}
    >
      {admin && (
        <div className={styles.pad}>
          <NewKey />
        </div>
      )}
      <Loaded query={keys} height={120}>
        {(data) =>
          data.keys.length === 0 ? (
            <NothingHere>No key has been made yet.</NothingHere>
          ) : (
            <DataTable label="Access keys" columns={shown} rows={data.keys} rowKey={(key) => key.id} />
          )
        }
      </Loaded>
    </Panel>
  );
}

const labelNames = ['team', 'feature', 'customer', 'plan'] as const;
type Labels = Partial<Record<(typeof labelNames)[number], string>>;

function NewKey() {
  const [labels, setLabels] = useState<Labels>({});
  const make = async (name: string) => {
    const defaults = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
    const { key, secret } = await sendJson<CreatedKey>('POST', '/api/keys', { name, defaults });
    return { whose: `The secret of ${key.name}`, secret };
  };
  return (
    <SecretMaker
      nameLabel="Name of the new key"
      placeholder="support-bot production"
      nameCharsMax={256}
      submit="Create key"
      list="keys"
      make={make}
    >
      {labelNames.map((label) => (
        <TextInput
          key={label}
          label={`${label.charAt(0).toUpperCase()}${label.slice(1)}`}
          placeholder="optional"
          maxLength={256}
          value={labels[label] ?? ''}
          onChange={(event) => setLabels({ ...labels, [label]: event.currentTarget.value })}
        />
      ))}
    </SecretMaker>
  );
}

const labelText = (key: AccessKey) =>
  labelNames.flatMap((name) => (key.defaults[name] === undefined ? [] : [`${name} ${key.defaults[name]}`])).join(', ');

const columns: readonly Column<AccessKey>[] = [
  {
    key: 'name',
    label: 'Name',
    render: (key) => (
      <span className="row">
        <Behind where={{ key: [key.id] }}>{key.name}</Behind>
        {key.revokedAt !== null && <Mark tone="plain" label="revoked" meaning="Calls with this key are refused." />}
      </span>
    ),
    csv: (key) => key.name,
    sort: (key) => key.name,
  },
  { key: 'id', label: 'Id', hidden: true, render: (key) => key.id, csv: (key) => key.id },
  {
    key: 'hint',
    label: 'Ends with',
    render: (key) => <code className="mono">…{key.hint}</code>,
    csv: (key) => key.hint,
  },
  {
    key: 'defaults',
    label: 'Labels',
    render: (key) => labelText(key) || <span className="muted">none</span>,
    csv: labelText,
  },
  {
    key: 'allowedModels',
    label: 'Models',
    render: (key) => key.allowedModels.join(', ') || <span className="muted">every model</span>,
    csv: (key) => key.allowedModels.join(' '),
  },
  {
    key: 'createdAt',
    label: 'Made',
    render: (key) => showMoment(key.createdAt),
    csv: (key) => key.createdAt,
    sort: (key) => Date.parse(key.createdAt),
  },
  {
    key: 'revokedAt',
    label: 'Revoked',
    render: (key) => (
      <RevokeButton
        name={key.name}
        path={`/api/keys/${encodeURIComponent(key.id)}`}
        list="keys"
        revokedAt={key.revokedAt}
      />
    ),
    csv: (key) => key.revokedAt,
  },
];
