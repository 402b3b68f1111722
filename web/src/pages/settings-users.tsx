import { Select } from '@mantine/core';
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { getJson, sendJson } from '../api/client.ts';
import type { CreatedUser, User, Users } from '../api/schema.ts';
import { showMoment } from '../format/time.ts';
import { Mark } from '../parts/badges.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { RevokeButton } from '../parts/revoke-button.tsx';
import { SecretMaker } from '../parts/secret-maker.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import styles from './settings.module.css';

function useUsers(): UseQueryResult<Users> {
  return useQuery({ queryKey: ['users'], queryFn: ({ signal }) => getJson<Users>('/api/users', signal) });
}

const roles = [
  { value: 'viewer', label: 'Viewer: looks' },
  { value: 'finance', label: 'Finance: and sets budgets, keeps forecasts' },
  { value: 'operator', label: 'Operator: and minds alerts, reviews, usage' },
  { value: 'admin', label: 'Admin: everything' },
] as const;

/** People who sign in with a token of their own, and what they may do. */
export function UsersPanel() {
  const users = useUsers();
  const rows = users.data?.users ?? [];
  return (
    <Panel
      title="Users"
      note="Who may sign in, and what they may do; the audit record carries their names"
      flush
      actions={<CsvButton fileName="burnrate-users.csv" columns={columns} rows={rows} />}
    >
      <div className={styles.pad}>
        <NewUser />
      </div>
      <Loaded query={users} height={120}>
        {(data) => (
          <>
            {!data.signInAsked && (
              <NothingHere>
                No sign-in is asked for: everyone who reaches this instance is its administrator. Start it with
                BURNRATE_ADMIN_TOKEN set to ask for one.
              </NothingHere>
            )}
            {data.users.length > 0 && (
              <DataTable label="Users" columns={columns} rows={data.users} rowKey={(user) => user.name} />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function NewUser() {
  const [role, setRole] = useState<string>('viewer');
  const make = async (name: string) => {
    const { user, token } = await sendJson<CreatedUser>('POST', '/api/users', { name, role });
    return { whose: `The token of ${user.name}`, secret: token };
  };
  return (
    <SecretMaker
      nameLabel="Name of the new user"
      placeholder="ada@example.com"
      nameCharsMax={100}
      submit="Create user"
      list="users"
      make={make}
    >
      <Select
        label="Role"
        data={roles}
        value={role}
        allowDeselect={false}
        onChange={(value) => setRole(value ?? 'viewer')}
      />
    </SecretMaker>
  );
}

const pathOf = ({ name }: User): string => `/api/users/${encodeURIComponent(name)}`;

function RoleOf({ user }: { readonly user: User }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (role: string) => sendJson('PUT', pathOf(user), { role }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['users'] }),
  });
  if (user.revokedAt !== null) return <>{user.role}</>;
  return (
    <Select
      aria-label={`Role of ${user.name}`}
      size="xs"
      w={120}
      data={roles.map(({ value }) => value)}
      value={user.role}
      allowDeselect={false}
      disabled={change.isPending}
      error={change.error?.message}
      onChange={(role) => role !== null && role !== user.role && change.mutate(role)}
    />
  );
}

const columns: readonly Column<User>[] = [
  {
    key: 'name',
    label: 'Name',
    render: (user) => (
      <span className="row">
        {user.name}
        {user.revokedAt !== null && <Mark tone="plain" label="revoked" meaning="May not sign in." />}
      </span>
    ),
    csv: (user) => user.name,
    sort: (user) => user.name,
  },
  { key: 'role', label: 'Role', render: (user) => <RoleOf user={user} />, csv: (user) => user.role },
  {
    key: 'hint',
    label: 'Token ends with',
    render: (user) => <code className="mono">…{user.hint}</code>,
    csv: (user) => user.hint,
  },
  {
    key: 'createdAt',
    label: 'Made',
    render: (user) => showMoment(user.createdAt),
    csv: (user) => user.createdAt,
    sort: (user) => Date.parse(user.createdAt),
  },
  {
    key: 'revokedAt',
    label: 'Revoked',
    render: (user) => <RevokeButton name={user.name} path={pathOf(user)} list="users" revokedAt={user.revokedAt} />,
    csv: (user) => user.revokedAt,
  },
];
