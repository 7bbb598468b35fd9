/** Decides when the user must see a page before an app gets its code: the prompts, in the order of their checks. */
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { acrValues, requestedClasses, satisfies } from './authentication-context.ts';
import { requiredScopesOf, typeOf } from './client-metadata.ts';
import { requestedIdentityScopes } from './identity-scopes.ts';
import type { RequestedApis } from './requested-apis.ts';
import { upstreamLoginIn } from './upstream-login.ts';
import { mayUse, requestedGrantable } from './user-groups.ts';

type Policy = ReturnType<typeof interactionPolicy.base>;

/**
 * Whether the session's user was deleted or disabled. Their sessions end at that moment, but one may be created at the
 * same time. Without this check the engine would continue without a user and fail.
 */
function isUserMissing({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.session?.accountId !== undefined && oidc.account === undefined;
}

function isOfflineAccess(scope: string): boolean {
  return scope === 'offline_access';
}

/**
 * Rejects a request that names nothing, before anybody has to sign in for it (RFC 6749 §3.3). The engine itself asks
 * first, and then reports `access_denied`, as if the user had refused.
 * @throws InvalidScope, which is sent to the app
 */
function rejectMissingScope({ oidc }: KoaContextWithOIDC): false {
  if ([...oidc.requestParamScopes].every(isOfflineAccess)) {
    throw new errors.InvalidScope(
      'scope is missing, or contains only offline_access; request openid to sign a user in, or scopes of an API',
      '',
    );
  }
  return false;
}

/**
 * Rejects a request with scopes of which nobody could grant one.
 * @throws InvalidScope, which is sent to the app
 */
export function rejectUngrantableScopes({ oidc }: KoaContextWithOIDC): false {
  const scopes = [...oidc.requestParamScopes];
  const resources = Object.values(oidc.resourceServers ?? {});
  const ofApi = scopes.some((scope) => resources.some((resource) => resource.scopes.has(scope)));
  const ofUser = [...oidc.requestParamOIDCScopes].some((scope) => !isOfflineAccess(scope));
  if (!scopes.every(isOfflineAccess) && !ofApi && !ofUser) {
    throw new errors.InvalidScope('scope contains nothing that can be granted', scopes.join(' '));
  }
  return false;
}

/**
 * Rejects a request for a login that no step of this server can give, before anybody signs in. The engine itself would
 * ask for the login again and again (OpenID Connect Core §5.5.1.1).
 * @throws UnmetAuthenticationRequirements, which is sent to the app
 */
export function rejectUnmetAuthentication({ oidc }: KoaContextWithOIDC): false {
  const { essential, value, values } = (oidc.claims.id_token?.['acr'] ?? {}) as Readonly<Record<string, unknown>>;
  const isKnown = (acr: unknown): boolean => acrValues.some((known) => known === acr);
  const unmet = (Boolean(value) && !isKnown(value)) || (Array.isArray(values) && !values.some(isKnown));
  if (essential === true && unmet) {
    throw new errors.UnmetAuthenticationRequirements(
      'no login of this server has the requested acr; acr_values_supported lists those that it has',
    );
  }
  return false;
}

/**
 * Gives the response the requested class that a login of the class `acr` proves: it may be weaker than that of the
 * login (OpenID Connect Core §5.5.1.1: the class must be one of the requested ones).
 * @returns whether there is one
 */
export function reportRequestedClass(oidc: KoaContextWithOIDC['oidc'], acr: string | undefined): boolean {
  const requested = requestedClasses(oidc.claims.id_token?.['acr']);
  const proved = requested.includes(String(acr)) ? acr : requested.find((one) => satisfies(acr, one));
  if (proved !== undefined) {
    Object.defineProperty(oidc, 'acr', { value: proved, configurable: true });
  }
  return proved !== undefined;
}

/**
 * Whether the user must sign in with more than the session proves, because the app asks for a class of login (`acr`).
 * Ours, because the engine compares classes for equality and ignores `acr_values`: a stronger login counts here, and a
 * voluntary request is tried, too (RFC 9470 §5). The response has the class that the app asked for.
 * @throws UnmetAuthenticationRequirements when the login that was just made does not prove an essential class
 */
function isLoginTooWeak({ oidc }: KoaContextWithOIDC): boolean {
  const claim = (oidc.claims.id_token?.['acr'] ?? {}) as Readonly<Record<string, unknown>>;
  const requested = requestedClasses(claim);
  if (requested.length === 0 || oidc.session?.accountId === undefined) {
    return false;
  }
  if (reportRequestedClass(oidc, oidc.session.acr)) {
    return false;
  }
  if (oidc.result?.login === undefined) {
    return true;
  }
  if (claim['essential'] === true) {
    throw new errors.UnmetAuthenticationRequirements('the user cannot sign in with the requested acr');
  }
  return false;
}

/**
 * Whether the user has signed in at another provider longer ago than the app accepts (`max_age`). The engine compares
 * the time of the login here, which single sign-on there may have answered without the user.
 */
function isUpstreamLoginTooOld({ oidc }: KoaContextWithOIDC, clock: Clock): boolean {
  const maxAge = oidc.params?.['max_age'];
  const upstream = oidc.session === undefined ? undefined : upstreamLoginIn(oidc.session);
  return (
    maxAge !== undefined &&
    upstream !== undefined &&
    oidc.result?.login === undefined &&
    epochSeconds(clock) - upstream.authTime > Number(maxAge)
  );
}

/** The reason where the login at another provider is older than the app's `max_age`. */
export const upstreamLoginTooOld = 'upstream_max_age';

function requiredScopesIn({ oidc }: KoaContextWithOIDC): readonly string[] {
  return oidc.client === undefined ? [] : requiredScopesOf(oidc.client);
}

/**
 * Whether the user must be asked for one of these scopes: it was neither allowed nor refused, or it was refused and the
 * app does not work without it.
 * @param known the scopes that the grant allows, and those that it allows or refuses, separated by spaces
 */
function mustBeAsked(
  ctx: KoaContextWithOIDC,
  scopes: readonly string[],
  known: { readonly allowed: string | undefined; readonly encountered: string | undefined },
): boolean {
  const required = requiredScopesIn(ctx);
  const answered = (scope: string): string => (required.includes(scope) ? known.allowed : known.encountered) ?? '';
  return scopes.some((scope) => !answered(scope).split(' ').includes(scope));
}

/** Whether the user has not been asked for a scope about them that the request contains. */
function isIdentityScopeMissing(ctx: KoaContextWithOIDC): boolean {
  const { grant } = ctx.oidc;
  return mustBeAsked(ctx, requestedIdentityScopes(ctx), {
    allowed: grant?.getOIDCScope(),
    encountered: grant?.getOIDCScopeEncountered(),
  });
}

/**
 * Whether the code goes to an app on a device, and the user has not answered in this flow. Another app may have claimed
 * the address, so such an app gets no code without a page (RFC 8252 §8.6).
 */
function isAppOnDevice({ oidc }: KoaContextWithOIDC): boolean {
  const { client, params, result } = oidc;
  const isWebAddress = /^https?:/i.test(String(params?.['redirect_uri']));
  return client !== undefined && (typeOf(client) === 'native' || !isWebAddress) && result?.consent === undefined;
}

/** Whether the user is in none of the groups that may use the app. */
function isNotMember({ oidc }: KoaContextWithOIDC): boolean {
  const { account, client } = oidc;
  return account !== undefined && client !== undefined && !mayUse(account, client);
}

/** Whether nothing of the request remains, because the user can grant none of its scopes of APIs. */
function canGrantNothing(ctx: KoaContextWithOIDC, requestedApis: RequestedApis): boolean {
  const { account, client, requestParamScopes } = ctx.oidc;
  const ofUser = requestedIdentityScopes(ctx).some((scope) => !isOfflineAccess(scope));
  return (
    account !== undefined &&
    client !== undefined &&
    ![...requestParamScopes].every(isOfflineAccess) &&
    !ofUser &&
    [...requestedGrantable(ctx, account, requestedApis).values()].every((scopes) => scopes.length === 0)
  );
}

/** Whether the user cannot grant a requested scope without which the app does not work. */
function cannotGrantRequired(ctx: KoaContextWithOIDC, requestedApis: RequestedApis): boolean {
  const { account, resourceServers = {} } = ctx.oidc;
  const grantable = account === undefined ? undefined : requestedGrantable(ctx, account, requestedApis);
  return (
    grantable !== undefined &&
    requiredScopesIn(ctx)
      .filter((scope) => ctx.oidc.requestParamScopes.has(scope))
      .some((scope) =>
        Object.entries(resourceServers).some(
          ([identifier, server]) => server.scopes.has(scope) && grantable.get(identifier)?.includes(scope) !== true,
        ),
      )
  );
}

/**
 * Whether the user is in none of the groups that can grant what the request is for: everything in it, or a scope
 * without which the app does not work.
 */
export function cannotGrant(ctx: KoaContextWithOIDC, requestedApis: RequestedApis): boolean {
  return canGrantNothing(ctx, requestedApis) || cannotGrantRequired(ctx, requestedApis);
}

/** Whether the user has not been asked for a scope of an API that the request contains and that the user can grant. */
function isApiScopeMissing(ctx: KoaContextWithOIDC, requestedApis: RequestedApis): boolean {
  const { account, grant } = ctx.oidc;
  return (
    account !== undefined &&
    [...requestedGrantable(ctx, account, requestedApis)].some(([identifier, scopes]) =>
      mustBeAsked(ctx, scopes, {
        allowed: grant?.getResourceScope(identifier),
        encountered: grant?.getResourceScopeEncountered(identifier),
      }),
    )
  );
}

/** The prompt where a user is signed in who may not use the app, or may not grant what it requests. */
export const accessPromptName = 'access';
/** The reason where the app itself is only for members of other groups. */
export const notMember = 'not_a_member';

/** Without a page (`prompt=none`) the app gets `access_denied`. */
function accessPrompt(requestedApis: RequestedApis) {
  return new interactionPolicy.Prompt(
    { name: accessPromptName, requestable: false },
    new interactionPolicy.Check(
      notMember,
      'the user is in none of the groups that may use this app',
      'access_denied',
      isNotMember,
    ),
    new interactionPolicy.Check(
      'nothing_to_grant_for_user',
      'the user is in none of the groups that can grant the requested scopes',
      'access_denied',
      (ctx) => cannotGrant(ctx, requestedApis),
    ),
  );
}

/**
 * `select_account` first (OIDC Core §3.1.2.1), then the engine's own `login`, then `access`, then the engine's
 * `consent`.
 */
export function createInteractionPolicy(requestedApis: RequestedApis, clock: Clock): Policy {
  const policy = interactionPolicy.base();
  policy.add(
    new interactionPolicy.Prompt(
      { name: 'select_account', requestable: true },
      new interactionPolicy.Check(
        'nothing_to_grant',
        'nothing can be granted',
        'invalid_scope',
        (ctx) => rejectMissingScope(ctx) || rejectUngrantableScopes(ctx),
      ),
    ),
    0,
  );
  policy
    .get('select_account')
    ?.checks.add(
      new interactionPolicy.Check(
        'unmet_authentication',
        'no login has the requested acr',
        'unmet_authentication_requirements',
        rejectUnmetAuthentication,
      ),
    );
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check(
        'user_missing',
        'the user does not exist or is disabled',
        'login_required',
        isUserMissing,
      ),
    );
  const login = policy.get('login');
  login?.checks.remove('essential_acrs');
  login?.checks.remove('essential_acr');
  login?.checks.add(
    new interactionPolicy.Check(
      'login_too_weak',
      'the user must sign in with the requested acr',
      'login_required',
      isLoginTooWeak,
    ),
  );
  login?.checks.add(
    new interactionPolicy.Check(
      upstreamLoginTooOld,
      'the user signed in at another provider too long ago',
      'login_required',
      (ctx) => isUpstreamLoginTooOld(ctx, clock),
    ),
  );
  policy.add(accessPrompt(requestedApis), 2);
  const consent = policy.get('consent');
  // Ours, because for the engine a web client that has an app on a device, too, is a native one at each of its
  // addresses (client-metadata.ts).
  consent?.checks.remove('native_client_prompt');
  consent?.checks.add(
    new interactionPolicy.Check(
      'native_client_prompt',
      'an app on a device gets no code without a page',
      'interaction_required',
      isAppOnDevice,
    ),
    0,
  );
  // Ours, because for the engine a scope is about the user also where it is the scope of a requested API.
  consent?.checks.remove('op_scopes_missing');
  consent?.checks.add(
    new interactionPolicy.Check(
      'op_scopes_missing',
      'requested scopes not granted',
      'consent_required',
      isIdentityScopeMissing,
    ),
  );
  // Ours, because for the engine every user can grant every scope.
  consent?.checks.remove('rs_scopes_missing');
  consent?.checks.add(
    new interactionPolicy.Check('rs_scopes_missing', 'requested scopes not granted', 'consent_required', (ctx) =>
      isApiScopeMissing(ctx, requestedApis),
    ),
  );
  return policy;
}
