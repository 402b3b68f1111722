import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sendJson } from '../api/client.ts';
import { showMoment } from '../format/time.ts';

/** Takes back what a list shows, after asking once more; afterwards it says when that was. */
export function RevokeButton({
  name,
  path,
  list,
  revokedAt,
}: {
  readonly name: string;
  readonly path: string;
  /** The query that lists it. */
  readonly list: string;
  readonly revokedAt: string | null;
}) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const revoke = useMutation({
    mutationFn: () => sendJson('DELETE', path),
    onSuccess: () => client.invalidateQueries({ queryKey: [list] }),
  });
  if (revokedAt !== null) return <span className="muted">{showMoment(revokedAt)}</span>;
  if (!asked) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => setAsked(true)} aria-label={`Revoke ${name}`}>
        Revoke
      </Button>
    );
  }
  return (
    <span className="row">
      <Button size="compact-sm" color="red" onClick={() => revoke.mutate()} loading={revoke.isPending}>
        Revoke for good
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => setAsked(false)}>
        Keep
      </Button>
    </span>
  );
}
