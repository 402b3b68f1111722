/** What a person may do: `admin` everything, everyone look, `finance` and `operator` each their own part. */
export const userRoles = ['viewer', 'finance', 'operator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

/** A person who signs in with a token of their own. The token is never kept: `hash` is its SHA-256. */
export interface UserRecord {
  /** Unique; the name audit entries carry. */
  readonly name: string;
  readonly role: UserRole;
  /** Lower-case hexadecimal SHA-256 of the whole token. */
  readonly hash: string;
  /** The last four characters of the token, so that people can tell tokens apart. */
  readonly hint: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

export interface NewUser {
  readonly name: string;
  readonly role: UserRole;
}

/** The token is in the answer to the creation and nowhere else. */
export type CreateUserResult =
  | { readonly ok: true; readonly user: UserRecord; readonly token: string }
  /** Someone of this name may sign in already. */
  | { readonly ok: false; readonly reason: 'already_exists'; readonly user: UserRecord };

/** People who may sign in. Every change is audited under the name of `actor`. */
export interface UserBooks {
  /** A revoked name may be made anew, with a new token. */
  create(input: NewUser, actor: string): Promise<CreateUserResult>;
  /** @returns null when there is no such user */
  get(name: string): Promise<UserRecord | null>;
  findByHash(hash: string): Promise<UserRecord | null>;
  /** By name, revoked ones included, at most `usersMax`. */
  list(): Promise<readonly UserRecord[]>;
  /** Takes effect with the user's next request. @returns the user, or null when there is no such user */
  setRole(name: string, role: UserRole, actor: string): Promise<UserRecord | null>;
  /** Ends the user's token and sessions; repeating it changes nothing. @returns the user, or null when there is no such user */
  revoke(name: string, actor: string): Promise<UserRecord | null>;
}

/** Most users listed. */
export const usersMax = 1_000;
