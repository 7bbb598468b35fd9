/**
 * The only file that uses parts which the engine does not export. Each is here with its reason, and has a test that
 * fails when a new version moves it. Nothing else in `src` imports from `oidc-provider/lib`.
 */
import type { Context } from 'koa';
import type {
  Account,
  Client,
  ClientMetadata,
  Grant,
  KoaContextWithOIDC,
  Provider,
  Session,
  TokenEndpointGrantContext,
  AccessToken,
} from 'oidc-provider';
import { assignClaims } from 'oidc-provider/lib/actions/authorization/claims.js';
import introspectionSteps from 'oidc-provider/lib/actions/introspection.js';
import revocationSteps from 'oidc-provider/lib/actions/revocation.js';
// The steps of a request at an endpoint, of which one cannot be configured.
import stepsOf, { type EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';
import tokenSteps from 'oidc-provider/lib/actions/token.js';
// The context of the current request, `Provider.ctx`, which the engine sets in its router.
import currentContext from 'oidc-provider/lib/helpers/als.js';
import handleErrors from 'oidc-provider/lib/shared/error_handler.js';
// What the engine's steps of an authorization request need around them: their errors, parameters and APIs.
import handleAuthorizationErrors from 'oidc-provider/lib/shared/authorization_error_handler.js';
import Params from 'oidc-provider/lib/helpers/params.js';
import checkResource from 'oidc-provider/lib/shared/check_resource.js';
// Issues the code at the end of an authorization request.
import processResponseTypes from 'oidc-provider/lib/helpers/process_response_types.js';
import userinfoSteps from 'oidc-provider/lib/actions/userinfo.js';
import { confirm as logoutSteps } from 'oidc-provider/lib/actions/end_session.js';
// The helpers for custom grants cannot issue an ID token from a grant source.
import { issueIdToken as issue, type IdTokenSource } from 'oidc-provider/lib/helpers/grant_common.js';
// The checks of a code exchange: the PKCE verifier (RFC 7636 §4.6), and that a parameter was sent.
export { default as checkPkce } from 'oidc-provider/lib/helpers/pkce.js';
export { default as requireParameters } from 'oidc-provider/lib/helpers/validate_presence.js';
// The helpers "intended for custom grant implementations", not covered by semantic versioning.
export {
  buildTokenResponse,
  findAccount,
  resolveAndApplyResource,
  resolveRequestedResources,
  validateGrant,
} from 'oidc-provider/lib/helpers/grants.js';

export type { IdTokenSource };

/** Issues an ID token for this source; undefined if `openid` is not in scope. */
export const issueIdToken: (
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  source: IdTokenSource,
  accessToken: AccessToken,
  grant: Grant,
  scopes?: Set<string>,
) => Promise<string | undefined> = issue;

/**
 * Whether the engine is about to replace the cookie value `handle` of this session. It removes the old value before it
 * saves the new one. We store both in the same document, so nothing must be removed.
 */
export function isRotating(session: object | undefined, handle: string): boolean {
  return session !== undefined && 'oldId' in session && session.oldId === handle;
}

/**
 * An instance of a model, with these members. The constructors of the engine define each member by a descriptor, which
 * takes several times as long as all the rest.
 * @param identity what the constructor must know: the client of a token
 */
export function instanceOf<M extends object>(
  model: abstract new (...input: never[]) => M,
  identity: { readonly client?: Client; readonly jti?: string },
  members: object,
): M {
  return Object.assign(Reflect.construct(model, [identity]) as M, members);
}

/** What is issued for a token. */
export interface IssuedValue {
  /** What its holder gets. */
  readonly value: string;
  /** What is stored of it; undefined for a JWT. */
  readonly payload: Record<string, unknown> | undefined;
}

/** Gives a token its value, as its method `save` does, without storing anything. */
export async function issueValue(token: AccessToken): Promise<IssuedValue> {
  function call(name: string): unknown {
    const method: unknown = Reflect.get(token, name);
    if (typeof method !== 'function') {
      throw new TypeError(`the engine's tokens have no ${name}`);
    }
    return Reflect.apply(method, token, []);
  }
  token.jti ||= String(call('generateTokenId'));
  const { value, payload } = (await call('getValueAndPayload')) as IssuedValue;
  return { value, payload };
}

/**
 * Adds our own field to those that the engine stores of a model. Must be called before the first instance is created:
 * the engine reads the list of fields once.
 */
export function keepInPayload(model: object, field: string): void {
  const fields: unknown = Reflect.get(model, 'IN_PAYLOAD');
  if (!Array.isArray(fields)) {
    throw new TypeError("the engine's models have no IN_PAYLOAD");
  }
  Object.defineProperty(model, 'IN_PAYLOAD', { value: [...fields, field] });
}

/** Sends a logout token to the client's back-channel logout URI. The engine's types lack this method. */
export async function sendLogoutToken(client: Client, accountId: string, sid: string): Promise<void> {
  const send = client['backchannelLogout'];
  if (typeof send !== 'function') {
    throw new TypeError("the engine's clients have no backchannelLogout");
  }
  await Reflect.apply(send, client, [accountId, sid]);
}

/** Makes a client of the engine, whose types lack the constructor. @throws InvalidClientMetadata */
export function createClient(provider: Provider, metadata: ClientMetadata): Client {
  return Reflect.construct(provider.Client, [metadata]) as Client;
}

type EngineContext = new (ctx: KoaContextWithOIDC) => KoaContextWithOIDC['oidc'];

/** The class of the contexts of the engine's requests. */
function contextOf(provider: Provider): EngineContext {
  const context: unknown = Reflect.get(provider, 'OIDCContext');
  if (typeof context !== 'function') {
    throw new TypeError('the engine has no OIDCContext');
  }
  return context as EngineContext;
}

/**
 * Calls `found` each time the engine has found the client of a request, before it checks the client's credentials. An
 * error that `found` throws becomes the answer. The engine has no event for this moment, so the method of its context
 * that records the client is wrapped.
 */
export function onClientFound(provider: Provider, found: (ctx: KoaContextWithOIDC, client: Client) => void): void {
  const prototype = contextOf(provider).prototype as object;
  const entity: unknown = Reflect.get(prototype, 'entity');
  if (typeof entity !== 'function') {
    throw new TypeError("the engine's contexts have no entity method");
  }
  Reflect.set(
    prototype,
    'entity',
    function recordEntity(this: { ctx: KoaContextWithOIDC }, key: string, value: unknown) {
      Reflect.apply(entity, this, [key, value]);
      if (key === 'Client') {
        found(this.ctx, value as Client);
      }
    },
  );
}

/**
 * Calls `read` with each parsed form body, before the engine takes its parameters from it. The engine has no hook for
 * this moment, so the property of its context that holds the body becomes an accessor.
 */
export function onBodyRead(
  provider: Provider,
  read: (ctx: KoaContextWithOIDC, body: Record<string, unknown>) => void,
): void {
  const prototype = contextOf(provider).prototype as object;
  const bodies = new WeakMap<object, unknown>();
  Object.defineProperty(prototype, 'body', {
    configurable: true,
    get(this: object) {
      return bodies.get(this);
    },
    set(this: { ctx: KoaContextWithOIDC }, body: unknown) {
      if (typeof body === 'object' && body !== null) {
        read(this.ctx, body as Record<string, unknown>);
      }
      bodies.set(this, body);
    },
  });
}

/** The model that stores the ids of used assertions. The engine's types lack it. */
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

export type { EngineStep };

/** Takes the place of a step of the engine, which it may call. */
export type Replacement = (
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
  original: EngineStep,
) => Promise<void> | void;

function stepNamed(steps: readonly EngineStep[], name: string): EngineStep {
  const found = steps.find((step) => step.name === name);
  if (found === undefined) {
    throw new TypeError(`the engine has no step ${name}`);
  }
  return found;
}

/**
 * Makes a step of the engine replaceable for each provider. The lists are shared by all providers, which read them when
 * they are constructed.
 */
function replaceable(steps: EngineStep[], name: string): WeakMap<Provider, Replacement> {
  const replacements = new WeakMap<Provider, Replacement>();
  const original = stepNamed(steps, name);
  steps[steps.indexOf(original)] = (ctx, next) =>
    (replacements.get(ctx.oidc.provider) ?? original)(ctx, next, original);
  return replacements;
}

const authorizationScopeChecks = ['authorization', 'pushed_authorization_request'].map((endpoint) =>
  replaceable(stepsOf(endpoint), 'checkScope'),
);
const tokenScopeChecks = replaceable(tokenSteps, 'validateScope');

const tokenAuthentications = replaceable(tokenSteps, 'authenticateClient');

/**
 * Replaces how a client authenticates at the token endpoint.
 * @param step gets the engine's own step as its third argument
 */
export function replaceTokenAuthentication(provider: Provider, step: Replacement): void {
  tokenAuthentications.set(provider, step);
}

/**
 * Replaces the engine's check of `scope`. At the authorization endpoint and that for pushed requests, it would remove
 * `offline_access` from a request without `prompt=consent`. At the token endpoint, it only checks the characters.
 * Neither reads the scopes of APIs.
 */
export function replaceScopeChecks(
  provider: Provider,
  steps: { readonly authorization: EngineStep; readonly token: EngineStep },
): void {
  for (const replacements of authorizationScopeChecks) {
    replacements.set(provider, steps.authorization);
  }
  tokenScopeChecks.set(provider, steps.token);
}

const pushedRequestSteps = stepsOf('pushed_authorization_request');
const pushedForms = replaceable(pushedRequestSteps, 'urlencoded');
const pushedClientParameters = replaceable(pushedRequestSteps, 'assembleClientAuthParams');
const pushedRedirectUriChecks = replaceable(pushedRequestSteps, 'checkRedirectUri');
const pushedRequestResponses = replaceable(pushedRequestSteps, 'pushedAuthorizationRequestResponse');

/** Replaces steps of the endpoint for pushed requests: that which reads the body, the next one, and two later ones. */
export function replacePushedRequests(
  provider: Provider,
  steps: Readonly<Record<'form' | 'client' | 'redirectUri' | 'response', Replacement>>,
): void {
  pushedForms.set(provider, steps.form);
  pushedClientParameters.set(provider, steps.client);
  pushedRedirectUriChecks.set(provider, steps.redirectUri);
  pushedRequestResponses.set(provider, steps.response);
}

/** Puts together what a request asks about the login: `claims`, `max_age` and `acr_values` (OIDC Core §3.1.2.1). */
export function assignRequestedClaims(ctx: KoaContextWithOIDC): void {
  void assignClaims(ctx, () => Promise.resolve());
}

/** Issues a code for the session, the grant and the parameters of the request, as the authorization endpoint does. */
export async function issueCode(ctx: KoaContextWithOIDC): Promise<string> {
  const { code } = await processResponseTypes(ctx);
  if (code === undefined) {
    throw new TypeError('the engine issued no code');
  }
  return code;
}

const formBodies = [introspectionSteps, tokenSteps, revocationSteps, userinfoSteps, logoutSteps].map((steps) =>
  replaceable(steps, 'urlencoded'),
);

/** Replaces how the engine reads the form of a request, except a pushed one. */
export function replaceBodyReading(provider: Provider, step: Replacement): void {
  for (const replacements of formBodies) {
    replacements.set(provider, step);
  }
}

const rejectTokenRequest = handleErrors('grant.error');

/**
 * Runs a grant as the engine's token endpoint does, without the steps that lead to it: in the context of an engine's
 * request, where an error that `run` throws becomes the answer and its event.
 */
export async function runAtTokenEndpoint(
  provider: Provider,
  ctx: Context,
  run: (ctx: KoaContextWithOIDC) => Promise<void>,
): Promise<void> {
  const Context = contextOf(provider);
  const engineContext = Object.assign(ctx, { _matchedRouteName: 'token' }) as unknown as KoaContextWithOIDC;
  Object.assign(ctx, { oidc: new Context(engineContext) });
  await currentContext.run(engineContext, () => rejectTokenRequest(engineContext, () => run(engineContext)));
}

/** The steps of an authorization request after its parameters and its client were checked, in their order. */
const authorizationDecision = ['loadAccount', 'loadGrant', 'interactions', 'respond'].map((name) =>
  stepNamed(stepsOf('authorization'), name),
);

export interface UsualAuthorizationRequest {
  readonly client: Client;
  /** The session of a user who is signed in. */
  readonly session: Session;
  /** All that it has. None of them asks for a kind of login, a prompt or claims, and the redirect URI is registered. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Around everything else: what is done with the session. */
  readonly useSession: EngineStep;
  /** The check of `scope` and `resource`. */
  readonly checkScope: EngineStep;
}

/**
 * Decides about an authorization request as the engine does, without its steps that read and check the parameters: in
 * the context of an engine's request, where an error becomes the answer and its event.
 */
export async function runAtAuthorizationEndpoint(
  provider: Provider,
  ctx: Context,
  { client, session, parameters, useSession, checkScope }: UsualAuthorizationRequest,
): Promise<void> {
  const Context = contextOf(provider);
  const engineContext = Object.assign(ctx, { _matchedRouteName: 'authorization' }) as unknown as KoaContextWithOIDC;
  const oidc = Object.assign(new Context(engineContext), {
    session,
    params: new Params(Object.keys(parameters), parameters),
    redirectUriCheckPerformed: true,
  });
  Object.assign(ctx, { oidc });
  // After the session, as in the engine: what listens for the client of a request may reject it.
  const setClient: EngineStep = (_ctx, next) => {
    oidc.entity('Client', client);
    return next();
  };
  oidc.entity('Session', session);
  ctx.set('Cache-Control', 'no-store');
  const steps = [handleAuthorizationErrors, useSession, setClient, checkScope, checkResource, ...authorizationDecision];
  const runFrom = async (at: number): Promise<void> => steps[at]?.(engineContext, () => runFrom(at + 1));
  await currentContext.run(engineContext, () => runFrom(0));
}

const structuredTokenChecks = [introspectionSteps, revocationSteps].map((steps) =>
  replaceable(steps, 'rejectStructuredTokens'),
);
const introspectionAnswers = replaceable(introspectionSteps, 'renderTokenResponse');
const revocations = replaceable(revocationSteps, 'revokeToken');
const userinfoTokens = replaceable(userinfoSteps, 'validateAccessToken');
const userinfoClients = replaceable(userinfoSteps, 'loadAccessTokenClient');
const userinfoUsers = replaceable(userinfoSteps, 'loadAccessTokenAccount');
const userinfoGrants = replaceable(userinfoSteps, 'loadAccessTokenGrant');
const userinfoAnswer = stepNamed(userinfoSteps, 'respond');

/**
 * Replaces what the engine does about a presented token. It reads the token's grant, its client and its login session
 * at each check, knows no JWTs and no kinds of token of our own, and rejects JWTs with `unsupported_token_type`: a
 * stranger who sends a foreign JWT to an API could make it report an error of its authorization server (RFC 7662 §2.2
 * says `active: false`).
 */
export function replaceTokenChecks(
  provider: Provider,
  steps: {
    readonly introspection: EngineStep;
    readonly revocation: EngineStep;
    readonly userinfo: Readonly<Record<'token' | 'client' | 'user' | 'grant', EngineStep>>;
  },
): void {
  for (const replacements of structuredTokenChecks) {
    replacements.set(provider, (_ctx, next) => next());
  }
  introspectionAnswers.set(provider, steps.introspection);
  revocations.set(provider, steps.revocation);
  userinfoTokens.set(provider, steps.userinfo.token);
  userinfoClients.set(provider, steps.userinfo.client);
  userinfoUsers.set(provider, steps.userinfo.user);
  userinfoGrants.set(provider, steps.userinfo.grant);
}

/** What the engine's answer of userinfo is computed from. */
export interface UserinfoSource {
  readonly provider: Provider;
  readonly client: Client;
  readonly account: Account;
  readonly grant: Grant;
  /** The properties of the access token, of which `scope` and `claims` are read. */
  readonly accessToken: object;
}

/** Answers a request for userinfo that has no parameters, as the engine does after all its checks. */
export async function answerUserinfo(ctx: Context, source: UserinfoSource): Promise<void> {
  await userinfoAnswer(Object.assign(ctx, { oidc: { ...source, params: {} } }) as unknown as KoaContextWithOIDC, () =>
    Promise.resolve(),
  );
}
