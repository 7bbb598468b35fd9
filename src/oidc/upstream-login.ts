/**
 * The login session of a user who signed in with another provider: which one, with which session there, and when the
 * user signed in there. The session keeps it so that the provider can end it by back-channel logout, so that signing
 * out here can sign the user out there, and because an old sign-in there does not confirm who the user is now.
 */
import type { Context } from 'koa';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { UpstreamIdentity } from '../services/upstream/upstream-identity.ts';
import { keepInPayload } from './engine-internals.ts';

export interface UpstreamLogin {
  /** The id of the provider. */
  readonly id: string;
  /** The session there. */
  readonly sid?: string;
  /** Kept only where signing out here signs the user out there. */
  readonly idToken?: string;
  /** Seconds since the epoch: when the user signed in there. 0: unknown. */
  readonly authTime: number;
}

/** A person at another provider, for an account that the login in progress finds. */
export interface PendingLink {
  readonly upstreamId: string;
  readonly identity: UpstreamIdentity;
  /** The login there, for a session of an account that is made now. */
  readonly login: UpstreamLogin;
}

const field = 'upstream';

/** The other provider at which the user of a session, or of a login result, signed in. */
export function upstreamLoginIn(carrier: object): UpstreamLogin | undefined {
  const value: unknown = Reflect.get(carrier, field);
  return typeof value === 'object' && value !== null && 'id' in value ? (value as UpstreamLogin) : undefined;
}

/**
 * The other provider of the login session that the answer to the logout form has just ended. Undefined if there was
 * none, or if the user chose to stay signed in.
 */
export function endedUpstreamLogin(ctx: Context): UpstreamLogin | undefined {
  const { oidc } = ctx as Context & Partial<Pick<KoaContextWithOIDC, 'oidc'>>;
  const hasEnded = oidc?.route === 'end_session_confirm' && Boolean(oidc.params?.['logout']);
  return hasEnded && oidc.session !== undefined ? upstreamLoginIn(oidc.session) : undefined;
}

/** Makes the engine's sessions store it. A session gets that of its latest login, or none. */
export function keepUpstreamLogins(provider: Provider): void {
  keepInPayload(provider.Session, field);
  provider.on('interaction.ended', ({ oidc }) => {
    const login: unknown = oidc.result?.login;
    if (typeof login === 'object' && login !== null && oidc.session !== undefined) {
      Reflect.set(oidc.session, field, upstreamLoginIn(login));
    }
  });
}
