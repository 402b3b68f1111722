import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/index.ts';

export type Role = 'viewer' | 'finance' | 'operator' | 'admin';

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

export interface TokenSignIn {
  readonly identify: Identify;
  openSession(token: string): string | null;
}

/**
 * Sign-in by one admin token: as a bearer token, or as a session cookie that was got for it. A session is an expiry time
 * and its keyed hash, so nothing is stored and a new token ends every session.
 */
export function tokenSignIn(token: string, sessionSecret: string, clock: Clock): TokenSignIn {
  const admin: Principal = { actor: 'admin', role: 'admin' };
  const seal = (expiresAtMs: string) =>
    createHmac('sha256', `${sessionSecret}:${token}`).update(expiresAtMs).digest('base64url');
  const sessionHolds = (session: string) => {
    const [expiresAtMs = '', seen = ''] = session.split('.');
    return equalText(seen, seal(expiresAtMs)) && Number(expiresAtMs) > clock.nowMs();
  };
  return {
    async identify(headers) {
      const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
      if (bearer !== undefined) return equalText(bearer, token) ? admin : null;
      const session = cookieValue(headers.get('cookie') ?? '', sessionCookie);
      return session !== null && sessionHolds(session) ? admin : null;
    },
    openSession(given) {
      if (!equalText(given, token)) return null;
      const expiresAtMs = String(clock.nowMs() + sessionMsMax);
      return `${expiresAtMs}.${seal(expiresAtMs)}`;
    },
  };
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
