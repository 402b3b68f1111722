import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ApiError, sendJson } from '../api/client.ts';
import { useInstance } from '../api/queries.ts';
import { useTitle } from '../view/use-title.ts';
import styles from './sign-in.module.css';

/** Shows the dashboard to who may see it, and a way to sign in to who has not. */
export function SignInGate({ children }: { readonly children: ReactNode }) {
  const instance = useInstance();
  const refused = instance.error instanceof ApiError && instance.error.status === 401;
  return refused ? <SignIn /> : children;
}

/** Exchanges a token for a cookie no script can read; the token itself is kept nowhere. */
function SignIn() {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const signIn = useMutation({
    mutationFn: () => sendJson('POST', '/api/session', { token }),
    onSuccess: () => client.resetQueries(),
  });
  useTitle('Sign in');
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          Burnrate
        </div>
        <h1>Sign in</h1>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <PasswordInput
            label="Token"
            description="Yours, as an administrator gave it to you, or the admin token of this instance."
            autoComplete="current-password"
            value={token}
            required
            error={errorText(signIn.error)}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          <Button type="submit" loading={signIn.isPending} disabled={token === ''}>
            Sign in
          </Button>
        </form>
      </div>
    </main>
  );
}

function errorText(error: Error | null): string | null {
  if (error === null) return null;
  if (error instanceof ApiError && error.status === 401) return 'That token may not sign in here.';
  return error.message;
}

/** Shown where the instance asks for a token. */
export function SignOut() {
  const instance = useInstance();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => sendJson('DELETE', '/api/session'),
    onSuccess: () => client.resetQueries(),
  });
  if (!instance.data?.signIn) return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      title={`${instance.data.you.name}, ${instance.data.you.role}`}
      onClick={() => signOut.mutate()}
      loading={signOut.isPending}
    >
      Sign out
    </Button>
  );
}
