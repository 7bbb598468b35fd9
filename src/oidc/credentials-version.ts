/**
 * A login is valid only while the user's credentials do not change. Each change (a new password, disabling; later a new
 * second factor) raises the user's version. A login result, its session and the grants in that session carry the
 * version that was proved. If the user has another version they are void, whenever they were written. So a request that
 * started with the old password leaves nothing valid behind, although ending a user's sessions and tokens
 * (services/tokens/revocation.ts) cannot find what that request has not written yet.
 *
 * This needs no extra reads: a request that needs the user and a session or grant compares the second one that is
 * loaded with the first. Only introspection has to load the user for it (introspection.ts).
 */
import type { Account, Grant, KoaContextWithOIDC, Provider, Session } from 'oidc-provider';
import type { UserDocument } from '../storage/collections.ts';
import type { Payload } from '../storage/repositories/oidc-payloads.ts';
import type { UpstreamLinks } from '../services/upstream/upstream-links.ts';
import { credentialsVersionOf, type UserService } from '../services/users/users.ts';
import { keepInPayload } from './engine-internals.ts';
import { upstreamLoginIn } from './upstream-login.ts';

const field = 'credentialsVersion';

/** The version that a session, a grant or a login result carries. Absent: 0. */
export function versionIn(carrier: object): number {
  const value: unknown = Reflect.get(carrier, field);
  return typeof value === 'number' ? value : 0;
}

interface Login {
  readonly accountId: string;
  readonly credentialsVersion: number;
  /** The id of the other provider at which the user signed in. */
  readonly upstreamId: string | undefined;
}

function loginOf(result: unknown): Login | undefined {
  const login: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'login') : undefined;
  if (typeof login !== 'object' || login === null) {
    return undefined;
  }
  return {
    accountId: String(Reflect.get(login, 'accountId')),
    credentialsVersion: versionIn(login),
    upstreamId: upstreamLoginIn(login)?.id,
  };
}

/** Gives a session the version of its login. */
export function setCredentialsVersion(session: Session, version: number): void {
  Reflect.set(session, field, version);
}

/** Makes the engine's sessions and grants store the version. A session gets the version of its login. */
export function keepCredentialsVersions(provider: Provider): void {
  keepInPayload(provider.Session, field);
  keepInPayload(provider.Grant, field);
  // Emitted at resume, when the session has the login's user and the user is not loaded yet.
  provider.on('interaction.ended', ({ oidc }) => {
    const login = loginOf(oidc.result);
    if (login !== undefined && oidc.session !== undefined) {
      setCredentialsVersion(oidc.session, login.credentialsVersion);
    }
  });
}

/** The property that a new grant in this session, or a copy of this grant, must have. */
export function credentialsVersionIn(carrier: Pick<Session, 'uid'> | Grant): { readonly credentialsVersion: number } {
  return { credentialsVersion: versionIn(carrier) };
}

/** The engine's account of a user, for later comparison with {@link agreesWithAccount}. */
export function withCredentialsVersion(account: Account, user: UserDocument): Account {
  return { ...account, [field]: credentialsVersionOf(user) };
}

/** Whether a grant or a session was created with this user's current credentials. */
export function isProvenBy(user: UserDocument, carrier: Grant | Session | undefined): boolean {
  return carrier === undefined || versionIn(carrier) === credentialsVersionOf(user);
}

/** The grant of the request's token, or else the login session, if one of them is loaded already. */
export function proofOf({ oidc }: KoaContextWithOIDC): Grant | Session | undefined {
  return oidc.entities.Grant ?? oidc.session;
}

/**
 * Whether a stored grant matches the credentials of the user that this request has loaded. True if it is another user.
 */
export function agreesWithAccount(grant: Payload, account: Account | undefined): boolean {
  return account === undefined || grant['accountId'] !== account.accountId || versionIn(grant) === versionIn(account);
}

/** What decides whether a login that was proved a moment ago still counts. */
export interface LoginFacts {
  readonly users: Pick<UserService, 'find'>;
  readonly upstreamLinks: Pick<UpstreamLinks, 'listByUser'>;
}

async function isVoid({ users, upstreamLinks }: LoginFacts, login: Login): Promise<boolean> {
  const { accountId, credentialsVersion, upstreamId } = login;
  const user = await users.find(accountId);
  if (user === null || credentialsVersionOf(user) !== credentialsVersion) {
    return true;
  }
  // Who removes a link ends the sessions that were started with it. This one is not started yet.
  return (
    upstreamId !== undefined &&
    !(await upstreamLinks.listByUser(accountId)).some((one) => one.upstreamId === upstreamId)
  );
}

/** An interaction's payload without its login if that is void. The user must then sign in again. */
export async function withoutVoidLogin(facts: LoginFacts, payload: Payload): Promise<Payload> {
  const login = loginOf(payload['result']);
  if (login === undefined || !(await isVoid(facts, login))) {
    return payload;
  }
  const { result, ...kept } = payload;
  const { login: _void, ...rest } = { ...(result as Payload) };
  return { ...kept, result: rest };
}
