import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import { hashSecret, type UserBooks, type UserRecord, type UserRole } from '../books/index.ts';

export type Role = UserRole;

/** Who asks. `actor` is the name audit entries carry. */
export interface Principal {
  readonly actor: string;
  readonly role: Role;
}

/** Tells who sent a request from its headers; null when they prove nothing. */
export type Identify = (headers: Headers) => Promise<Principal | null>;

/** Admin may do everything, everyone may look, finance and operator each have their own part. */
export function roleAllows(held: Role, needed: Role): boolean {
  return held === 'admin' || needed === 'viewer' || held === needed;
}

export const sessionCookie = 'burnrate_session';
/** How long a browser stays signed in. */
export const sessionMsMax = 12 * 3_600_000;

/** Without an admin token (loopback only) every caller is the administrator of their own machine. */
export const openIdentify: Identify = async () => ({ actor: 'local', role: 'admin' });

export interface SignIn {
  readonly identify: Identify;
  /** @returns what a browser is given for a token; null when the token is not right */
  openSession(token: string): Promise<string | null>;
}

/** The administrator by the instance's own token. */
const admin = '';

/**
 * Sign-in by the admin token or by the token of a user: as a bearer token, or as a session cookie that was got for it. A
 * session is a name, an expiry time and their keyed hash, so nothing is stored; a new token of that person, or none,
 * ends every session of theirs. Roles are looked up at every request.
 */
export function tokenSignIn(options: {
  readonly adminToken: string;
  readonly sessionSecret: string;
  readonly users: Pick<UserBooks, 'get' | 'findByHash'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}): SignIn {
  const { adminToken, sessionSecret, users, clock } = options;
  const byToken = async (token: string): Promise<Holder | null> => {
    if (equalText(token, adminToken)) return { name: admin, proof: adminToken, ...administrator };
    return holderOf(await users.findByHash(hashSecret(token)));
  };
  const byName = async (name: string): Promise<Holder | null> =>
    name === admin ? { name, proof: adminToken, ...administrator } : holderOf(await users.get(name));
  const seal = ({ name, proof }: Holder, expiresAtMs: string) =>
    createHmac('sha256', `${sessionSecret}:${proof}`).update(`${name} ${expiresAtMs}`).digest('base64url');
  const bySession = async (session: string): Promise<Holder | null> => {
    const [name = '', expiresAtMs = '', seen = ''] = session.split('.');
    if (!(Number(expiresAtMs) > clock.nowMs())) return null;
    const holder = await byName(Buffer.from(name, 'base64url').toString());
    return holder && equalText(seen, seal(holder, expiresAtMs)) ? holder : null;
  };
  return {
    async identify(headers) {
      const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
      const session = cookieValue(headers.get('cookie') ?? '', sessionCookie);
      const holder =
        bearer === undefined ? (session === null ? null : await bySession(session)) : await byToken(bearer);
      return holder && { actor: holder.actor, role: holder.role };
    },
    async openSession(token) {
      const holder = await byToken(token);
      if (!holder) return null;
      const expiresAtMs = String(clock.nowMs() + sessionMsMax);
      return [Buffer.from(holder.name).toString('base64url'), expiresAtMs, seal(holder, expiresAtMs)].join('.');
    },
  };
}

const administrator: Principal = { actor: 'admin', role: 'admin' };

/** Who holds a token. */
interface Holder extends Principal {
  readonly name: string;
  /** What a session is sealed with besides the instance's secret; it ends with the token. */
  readonly proof: string;
}

function holderOf(user: UserRecord | null): Holder | null {
  if (!user || user.revokedAtMs !== null) return null;
  return { name: user.name, actor: user.name, role: user.role, proof: user.hash };
}

function cookieValue(header: string, name: string): string | null {
  const found = header.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return found === undefined ? null : found.trim().slice(name.length + 1);
}

/** Compares in time that does not depend on where the texts differ. */
function equalText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
