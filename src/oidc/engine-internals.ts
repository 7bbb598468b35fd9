/**
 * The one seam to what the engine does not export. Each import is here with its reason, and has a test that fails when
 * a new version moves it; nothing else in `src` reaches into `oidc-provider/lib`.
 */
import type {
  Client,
  Grant,
  KoaContextWithOIDC,
  Provider,
  RefreshToken,
  TokenEndpointGrantContext,
  AccessToken,
} from 'oidc-provider';
// Issuing an ID token from a grant source is not among the helpers for custom grants.
import { issueIdToken as issue } from 'oidc-provider/lib/helpers/grant_common.js';
// The helpers "intended for custom grant implementations", not covered by semantic versioning.
export {
  buildTokenResponse,
  findAccount,
  findGrantSource,
  resolveAndApplyResource,
  resolveRequestedResources,
  validateGrant,
} from 'oidc-provider/lib/helpers/grants.js';

/** An ID token for this source, or undefined where `openid` is not in scope. */
export const issueIdToken: (
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  source: RefreshToken,
  accessToken: AccessToken,
  grant: Grant,
  scopes: Set<string>,
) => Promise<string | undefined> = issue;

/**
 * Whether the engine is about to give this session a new cookie value in place of `handle`. It removes the old value
 * before it saves the new one; our document is one and the same, so nothing is removed.
 */
export function isRotating(session: object | undefined, handle: string): boolean {
  return session !== undefined && 'oldId' in session && session.oldId === handle;
}

/** Gives a token its value before it is saved, so that it can be spoken of earlier. */
export function chooseValue(token: RefreshToken): string {
  const generate: unknown = Reflect.get(token, 'generateTokenId');
  if (typeof generate !== 'function') {
    throw new TypeError("the engine's tokens have no generateTokenId");
  }
  token.jti = String(Reflect.apply(generate, token, []));
  return token.jti;
}

/**
 * Adds a field of ours to what the engine stores of a model. Must be called before the first instance is made: the
 * engine reads the list of fields once.
 */
export function keepInPayload(model: object, field: string): void {
  const fields: unknown = Reflect.get(model, 'IN_PAYLOAD');
  if (!Array.isArray(fields)) {
    throw new TypeError("the engine's models have no IN_PAYLOAD");
  }
  Object.defineProperty(model, 'IN_PAYLOAD', { value: [...fields, field] });
}

/** Sends a logout token to the client's back-channel logout URI; the engine's types do not name the method. */
export async function sendLogoutToken(client: Client, accountId: string, sid: string): Promise<void> {
  const send = client['backchannelLogout'];
  if (typeof send !== 'function') {
    throw new TypeError("the engine's clients have no backchannelLogout");
  }
  await Reflect.apply(send, client, [accountId, sid]);
}

/**
 * Calls `found` each time the engine has found out which client a request is from, before it looks at the client's
 * credentials. What `found` throws is answered in place of everything that would follow. The engine says so to nobody
 * but its own parts: to contexts that it makes itself.
 */
export function onClientFound(provider: Provider, found: (ctx: KoaContextWithOIDC, client: Client) => void): void {
  const context: unknown = Reflect.get(provider, 'OIDCContext');
  const prototype: unknown = typeof context === 'function' ? context.prototype : undefined;
  const entity: unknown =
    typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, 'entity') : undefined;
  if (typeof prototype !== 'object' || prototype === null || typeof entity !== 'function') {
    throw new TypeError("the engine's contexts have no entity method");
  }
  Reflect.set(prototype, 'entity', function noteEntity(this: { ctx: KoaContextWithOIDC }, key: string, value: unknown) {
    Reflect.apply(entity, this, [key, value]);
    if (key === 'Client') {
      found(this.ctx, value as Client);
    }
  });
}

/** The model that keeps the ids of used assertions; not in the engine's types. */
export interface ReplayDetectionModel {
  unique(issuer: string, jti: string, expiresAt: number): Promise<boolean>;
}

export function replayDetection(provider: Provider): ReplayDetectionModel {
  const model: unknown = Reflect.get(provider, 'ReplayDetection');
  if (typeof model !== 'function' || !('unique' in model) || typeof model.unique !== 'function') {
    throw new TypeError('the engine has no ReplayDetection.unique');
  }
  return model as unknown as ReplayDetectionModel;
}
