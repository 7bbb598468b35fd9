/**
 * `auth_session` of the authorization challenge endpoint: a request that an app continues, and what its user has proved
 * until then, encrypted. Nothing is stored, so the app may send the same value again; what is used once is the code
 * that the next step asks for.
 */
import { errors } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { UnsealableError } from '../errors.ts';

/** The proof of a password. */
export interface PasswordProof {
  readonly accountId: string;
  readonly credentialsVersion: number;
  /** Seconds since the epoch. */
  readonly provedAt: number;
}

export interface AuthSession {
  readonly clientId: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Absent: the password was not asked for yet. */
  readonly password?: PasswordProof;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export interface AuthSessions {
  /** The lifetime begins now, or, if the password was proved, when that was done: a wrong code does not renew it. */
  seal(session: Omit<AuthSession, 'expiresAt'>): string;
  /** @throws InvalidSession */
  open(value: unknown): AuthSession;
}

/** What the sealed value is for: no other sealed value is an `auth_session`. */
const purpose = 'auth_session';
/** Characters. */
const maxLength = 16 * 1024;

export class InvalidSession extends errors.OIDCProviderError {
  constructor() {
    super(400, 'invalid_session');
    this.error_description = 'auth_session is not valid or has expired: begin again without it';
    this.expose = true;
  }
}

/** @param deps.lifetime seconds for which a request can be continued */
export function createAuthSessions(deps: {
  readonly secrets: Pick<Secrets, 'seal' | 'unseal'>;
  readonly clock: Clock;
  readonly lifetime: number;
}): AuthSessions {
  const { secrets, clock, lifetime } = deps;
  return {
    seal: (session) => {
      const begin = session.password?.provedAt ?? epochSeconds(clock);
      const complete: AuthSession = { ...session, expiresAt: begin + lifetime };
      return Buffer.from(secrets.seal(JSON.stringify(complete), purpose)).toString('base64url');
    },
    open: (value) => {
      if (typeof value !== 'string' || value === '' || value.length > maxLength) {
        throw new InvalidSession();
      }
      try {
        const session = JSON.parse(secrets.unseal(Buffer.from(value, 'base64url').toString(), purpose)) as AuthSession;
        if (session.expiresAt > epochSeconds(clock)) {
          return session;
        }
      } catch (error) {
        if (!(error instanceof UnsealableError)) {
          throw error;
        }
      }
      throw new InvalidSession();
    },
  };
}
