import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import styles from './secret-maker.module.css';
import { ShownSecret } from './shown-secret.tsx';
import { ErrorState } from './states.tsx';

/** A secret that was made; null when what it is of was there before. */
export interface MadeSecret {
  /** As a heading names it: `The token of ada`. */
  readonly whose: string;
  readonly secret: string | null;
}

/** A form for something named that has a secret, which is shown once it is made. */
export function SecretMaker(props: {
  readonly nameLabel: string;
  readonly placeholder: string;
  readonly nameCharsMax: number;
  readonly submit: string;
  /** The query that lists what is made. */
  readonly list: string;
  make(name: string): Promise<MadeSecret>;
  /** Further fields. */
  readonly children: ReactNode;
}) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => props.make(name.trim()),
    onSuccess: async () => {
      setName('');
      await client.invalidateQueries({ queryKey: [props.list] });
    },
  });
  const made = create.data;
  return (
    <>
      {made?.secret && <ShownSecret whose={made.whose} secret={made.secret} done={() => create.reset()} />}
      {create.error && <ErrorState error={create.error} />}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextInput
          label={props.nameLabel}
          placeholder={props.placeholder}
          value={name}
          maxLength={props.nameCharsMax}
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {props.children}
        <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
          {props.submit}
        </Button>
      </form>
    </>
  );
}
