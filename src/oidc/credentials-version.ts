/**
 * What a login has proved counts as long as the user's credentials stay as they were. Each change of them (a new
 * password, disabling; later a new second factor) raises the user's version. A login result, the session it becomes and
 * the grants made in that session carry the version that was proved; under another one they are void, whenever they
 * were written. So a request that began with the old password leaves nothing behind that works, although ending a
 * user's sessions and tokens (services/revocation.ts) could not see yet what that request was about to write.
 *
 * Nothing is read for it that is not needed anyway: where a request needs the user and a session or grant, the one that
 * is loaded second is compared with the first. Introspection alone needs no user otherwise (introspection.ts).
 */
import type { Account, Grant, KoaContextWithOIDC, Provider, Session } from 'oidc-provider';
import type { UserDocument } from '../storage/collections.ts';
import type { Payload } from '../storage/repositories/oidc-payloads.ts';
import { credentialsVersionOf, type UserService } from '../services/users.ts';
import { keepInPayload } from './engine-internals.ts';

const field = 'credentialsVersion';

function versionIn(carrier: object): number {
  const value: unknown = Reflect.get(carrier, field);
  return typeof value === 'number' ? value : 0;
}

function loginOf(result: unknown): { readonly accountId: string; readonly credentialsVersion: number } | undefined {
  const login: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'login') : undefined;
  if (typeof login !== 'object' || login === null) {
    return undefined;
  }
  return { accountId: String(Reflect.get(login, 'accountId')), credentialsVersion: versionIn(login) };
}

/** Makes the engine's sessions and grants keep the version, and a session take over the one of the login that it is made from. */
export function keepCredentialsVersions(provider: Provider): void {
  keepInPayload(provider.Session, field);
  keepInPayload(provider.Grant, field);
  // Emitted at resume, when the session is that of the login and the user is not loaded yet.
  provider.on('interaction.ended', ({ oidc }) => {
    const login = loginOf(oidc.result);
    if (login !== undefined && oidc.session !== undefined) {
      Reflect.set(oidc.session, field, login.credentialsVersion);
    }
  });
}

/** What a grant that is made in this session must be given. */
export function credentialsVersionIn(session: Pick<Session, 'uid'>): { readonly credentialsVersion: number } {
  return { credentialsVersion: versionIn(session) };
}

/** The engine's account of a user, for later comparison with {@link agree}. */
export function withCredentialsVersion(account: Account, user: UserDocument): Account {
  return { ...account, [field]: credentialsVersionOf(user) };
}

/** Whether a grant or a session was made under this user's present credentials. */
export function isProvenBy(user: UserDocument, carrier: Grant | Session | undefined): boolean {
  return carrier === undefined || versionIn(carrier) === credentialsVersionOf(user);
}

/** The grant that the request's token rests on, else the login session: what this request has proved, as far as it is loaded. */
export function proofOf({ oidc }: KoaContextWithOIDC): Grant | Session | undefined {
  return oidc.entities.Grant ?? oidc.session;
}

/** Whether a stored grant was made under the credentials of the user that this request has loaded already, if it has. */
export function agreesWithAccount(grant: Payload, account: Account | undefined): boolean {
  return account === undefined || grant['accountId'] !== account.accountId || versionIn(grant) === versionIn(account);
}

/** An interaction's payload without its login where that is void: the person is asked to sign in again. */
export async function withoutVoidLogin(users: Pick<UserService, 'find'>, payload: Payload): Promise<Payload> {
  const login = loginOf(payload['result']);
  if (login === undefined) {
    return payload;
  }
  const user = await users.find(login.accountId);
  if (user !== null && credentialsVersionOf(user) === login.credentialsVersion) {
    return payload;
  }
  const { result, ...kept } = payload;
  const { login: _void, ...rest } = { ...(result as Payload) };
  return { ...kept, result: rest };
}
