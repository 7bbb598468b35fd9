/**
 * Consent: what an app requests, what of it is new, and the Grant that the user's answer creates. A Grant belongs to a
 * session. What the user allowed is remembered beyond it (services/clients/consents.ts), and the next session's Grant
 * starts from that. First-party clients, which the operator trusts, need no consent.
 */
import type { Account, Grant, Interaction, KoaContextWithOIDC, Provider, Session } from 'oidc-provider';
import { after, epochSeconds, toEpochSeconds, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { ExpiredError } from '../errors.ts';
import type { ApiScope, ApiService } from '../services/clients/apis.ts';
import { scopeOfClaim } from '../services/values/claims-by-scope.ts';
import type { ConsentService, Permission } from '../services/clients/consents.ts';
import { canGrant } from '../services/values/scope-groups.ts';
import type { UserService } from '../services/users/users.ts';
import type { Actor } from '../services/foundation/audit.ts';
import { individualClaims } from './claims.ts';
import { isFirstParty, requiredScopesOf } from './client-metadata.ts';
import { credentialsVersionIn } from './credentials-version.ts';
import { departureIn } from './departures.ts';
import type { FindRefreshLifetimes, RefreshTokenLifetimes } from './refresh-token-lifetime.ts';
import { identityScopesIn, requestedIdentityScopes } from './identity-scopes.ts';
import { accessIn, covers } from './known-access.ts';
import { applyRefusal } from './refusals.ts';
import type { RequestedApis } from './requested-apis.ts';
import { words } from './space-separated.ts';
import { mayUse, requestedGrantable } from './user-groups.ts';

/** What an app may do, as the consent page lists it. */
export interface RequestedAccess {
  /** Scopes about the user, without `offline_access`, which the page describes separately. */
  readonly identity: readonly string[];
  /** Claims that are requested individually, without those of the scopes, and the scope whose text describes each. */
  readonly claims: readonly { readonly name: string; readonly scope: string }[];
  readonly apis: readonly {
    readonly name: string;
    readonly identifier: string;
    readonly scopes: readonly ApiScope[];
    /** Claims about the user that the API gets in its tokens, and the requested scope whose text describes each. */
    readonly receives: readonly { readonly name: string; readonly scope: string }[];
  }[];
}

/** What the user chose on the consent page. */
export interface ConsentChoices {
  /**
   * The optional scopes that the user allowed, as {@link scopeKey} names them; all others are refused. Absent:
   * everything is allowed.
   */
  readonly allowed?: ReadonlySet<string>;
  /**
   * When the access ends: after so many seconds, never by time, or at the end that the user chose before. Absent, as on
   * a page without this choice: at that end, if there is one.
   */
  readonly ends?: number | 'never' | 'as-before';
}

/** The name of a scope in the answer of the page. @param api its API; absent for a scope about the user */
export function scopeKey(scope: string, api?: string): string {
  return api === undefined ? scope : `${api} ${scope}`;
}

/** The scopes that every app needs: without `openid` there is no sign-in, and `offline_access` is no data. */
const alwaysRequired: readonly string[] = ['openid', 'offline_access'];

/** The content of the consent page. */
export interface ConsentRequest {
  /** `more`: something was allowed before, and something is new. `again`: all of it was allowed before. */
  readonly occasion: 'first' | 'more' | 'again';
  /** What the user decides on: the new part when an app asks for more, else everything. */
  readonly asked: RequestedAccess;
  /** When an app asks for more: the part of the request that was allowed before. */
  readonly allowedBefore: RequestedAccess;
  /** Present when the app keeps its access while the user is away. */
  readonly offline: { readonly isNew: boolean } | undefined;
  /** The latest end of the access without another login; undefined if it ends with the login. */
  readonly until: Date | undefined;
  /** The scopes without which the app does not work: the user cannot refuse them and allow the rest. */
  readonly required: readonly string[];
  /** The scopes that the user refused before, as {@link scopeKey} names them. */
  readonly refused: readonly string[];
  /** The end of the access that the user chose before. */
  readonly endsAt: Date | undefined;
}

export interface ConsentStep {
  /** The Grant that an authorization request starts from, if any. Called by the engine. */
  loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined>;
  describe(provider: Provider, interaction: Interaction): Promise<ConsentRequest>;
  /**
   * Writes the Grant with the request's other writes, remembers the consent, and returns the interaction's result.
   * @throws ExpiredError when the login session, or the end that the user wants to keep, has passed meanwhile
   */
  allow(
    provider: Provider,
    interaction: Interaction,
    actor: Actor,
    choices?: ConsentChoices,
  ): Promise<{ readonly consent: { readonly grantId: string } }>;
}

function resourcesOf(params: Readonly<Record<string, unknown>>): readonly string[] {
  const { resource } = params;
  return (Array.isArray(resource) ? resource : [resource]).filter((item) => typeof item === 'string');
}

/**
 * The id of the session's next Grant for this client. Several tabs of an app may create it at the same time in a new
 * session. They must create the same one, because a session has one Grant for each client. After a Grant has ended the
 * next one has another id, so that tokens which were just being issued under the old one stay invalid; also if the app
 * had left the session in between, with the Grant that it had.
 */
function nextGrantId(session: Pick<Session, 'uid' | 'grantIdFor'>, clientId: string): string {
  const former = session.grantIdFor(clientId) ?? departureIn(session, clientId) ?? '';
  return digest(`grant ${session.uid} ${clientId} ${former}`);
}

function accountIdOf(interaction: Interaction): string {
  const accountId = interaction.session?.accountId;
  if (accountId === undefined) {
    throw new TypeError('consent needs a user who is signed in');
  }
  return accountId;
}

function clientIdOf(interaction: Interaction): string {
  return String(interaction.params['client_id']);
}

function newGrant(
  provider: Provider,
  session: Session,
  properties: { readonly accountId: string; readonly clientId: string; readonly jti: string },
): Grant {
  return new provider.Grant({ ...properties, ...credentialsVersionIn(session) });
}

export function createConsentStep(deps: {
  readonly apis: ApiService;
  readonly requestedApis: RequestedApis;
  readonly consents: ConsentService;
  readonly users: Pick<UserService, 'find'>;
  readonly clock: Clock;
  readonly findLifetimes: FindRefreshLifetimes;
  readonly lifetimes: Pick<RefreshTokenLifetimes, 'refreshAbsolute'>;
}): ConsentStep {
  const { apis, requestedApis, consents, users, clock, findLifetimes } = deps;
  const { refreshAbsolute } = deps.lifetimes;

  async function requiredScopes(provider: Provider, interaction: Interaction): Promise<readonly string[]> {
    const client = await provider.Client.find(clientIdOf(interaction));
    return client === undefined ? [] : requiredScopesOf(client);
  }

  /** What the app requests, without the scopes that the user cannot grant. */
  async function requestedAccess(interaction: Interaction) {
    const scopes = words(interaction.params['scope']);
    const documents = await apis.findMany(resourcesOf(interaction.params));
    const user = (await users.find(accountIdOf(interaction))) ?? {};
    const ofApis = documents.flatMap((api) => api.scopes.map(({ value }) => value));
    return {
      identity: identityScopesIn(scopes, ofApis),
      claims: individualClaims(interaction.params),
      apis: documents
        .map((api) => ({
          api,
          scopes: api.scopes.filter(({ value }) => scopes.includes(value) && canGrant(user, api, value)),
        }))
        .filter((one) => one.scopes.length > 0),
    };
  }

  /** @param claims those that the request asks for by name */
  function apply(grant: Grant, permission: Permission, claims: readonly string[]): Grant {
    if (permission.scopes.length > 0) {
      grant.addOIDCScope(permission.scopes.join(' '));
    }
    if (permission.claims.length > 0) {
      grant.addOIDCClaims([...permission.claims]);
    }
    for (const [api, scopes] of permission.resources) {
      if (scopes.length > 0) {
        grant.addResourceScope(api, scopes.join(' '));
      }
    }
    applyRefusal(grant, permission, claims);
    return grant;
  }

  /**
   * A Grant with its whole lifetime before it, because refresh tokens cannot outlive it.
   * @param endsAt the end that the user chose
   */
  function restarted(grant: Grant, endsAt: Date | undefined): Grant {
    const lifetime = epochSeconds(clock) + grant.expiration;
    return Object.assign(grant, { exp: endsAt === undefined ? lifetime : Math.min(lifetime, toEpochSeconds(endsAt)) });
  }

  /** @throws ExpiredError when the user wants to keep an end that has come meanwhile: it must not become no end */
  function chosenEnd(ends: ConsentChoices['ends'], before: Date | undefined): Date | undefined {
    if (ends === 'as-before' && before === undefined) {
      throw new ExpiredError('the end of the access, which the user wants to keep, has come');
    }
    return ends === 'never' ? undefined : typeof ends === 'number' ? after(clock, ends) : before;
  }

  /** Whether a chain of refresh tokens that begins now may outlive the Grant: one session may have many sign-ins. */
  function endsTooEarly({ exp = Infinity }: Grant): boolean {
    return exp < epochSeconds(clock) + refreshAbsolute;
  }

  async function findGrant(
    provider: Provider,
    grantId: string | undefined,
    accountId: string,
  ): Promise<Grant | undefined> {
    const grant = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    return grant?.accountId === accountId ? grant : undefined;
  }

  /** The session's own Grant, because Grants end with their session. It may have been withdrawn since. */
  async function grantOfSession(
    { client, session, provider, result }: KoaContextWithOIDC['oidc'],
    accountId: string,
  ): Promise<Grant | undefined> {
    if (client === undefined || session === undefined) {
      return undefined;
    }
    return (
      (await findGrant(provider, result?.consent?.grantId ?? session.grantIdFor(client.clientId), accountId)) ??
      findGrant(provider, nextGrantId(session, client.clientId), accountId)
    );
  }

  /** Everything that is requested and that the user can grant. */
  function everythingRequested(ctx: KoaContextWithOIDC, user: Account): Permission {
    return {
      scopes: requestedIdentityScopes(ctx),
      claims: individualClaims(ctx.oidc.params ?? {}),
      resources: requestedGrantable(ctx, user, requestedApis),
    };
  }

  /** What was allowed before, with those of the requested claims that were allowed by their scope. */
  function knownPermission(
    grant: Grant | undefined,
    remembered: Permission | null,
    claims: readonly string[],
  ): Permission | null {
    const known = accessIn(grant, remembered);
    const byScope = claims.filter((claim) => known.claim(claim));
    if (remembered === null && byScope.length === 0) {
      return null;
    }
    return {
      scopes: remembered?.scopes ?? [],
      claims: [...new Set([...(remembered?.claims ?? []), ...byScope])],
      resources: remembered?.resources ?? new Map<string, readonly string[]>(),
      ...(remembered?.refused === undefined ? {} : { refused: remembered.refused }),
      endsAt: remembered?.endsAt,
    };
  }

  return {
    loadExistingGrant: async (ctx) => {
      const { account: user, client, provider, session } = ctx.oidc;
      if (user === undefined || client === undefined || session === undefined || !mayUse(user, client)) {
        return undefined;
      }
      const { accountId } = user;
      const { clientId } = client;
      const existing = await grantOfSession(ctx.oidc, accountId);
      if (existing !== undefined && endsTooEarly(existing)) {
        const { endsAt } = (await consents.find(accountId, clientId)) ?? {};
        await restarted(existing, endsAt).save();
      }
      const requested = everythingRequested(ctx, user);
      if (covers(existing, requested)) {
        return existing;
      }
      // Consent that the user gave in another session counts here, too.
      const permission = isFirstParty(client)
        ? requested
        : knownPermission(existing, await consents.find(accountId, clientId), requested.claims);
      if (permission === null || covers(existing, permission)) {
        return existing;
      }
      const grant = apply(
        existing ?? newGrant(provider, session, { accountId, clientId, jti: nextGrantId(session, clientId) }),
        permission,
        requested.claims,
      );
      await (permission.endsAt === undefined ? grant : restarted(grant, permission.endsAt)).save();
      return grant;
    },

    describe: async (provider, interaction) => {
      const { identity, claims, apis: askedApis } = await requestedAccess(interaction);
      const grant = interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
      const permission = await consents.find(accountIdOf(interaction), clientIdOf(interaction));
      const known = accessIn(grant, permission);
      const offline = identity.includes('offline_access');
      const offlineIsNew = offline && !known.identity('offline_access');
      // The requested scopes that are new, or those that were allowed before, or all.
      const access = (includes: (isNew: boolean) => boolean): RequestedAccess => ({
        identity: identity.filter((scope) => scope !== 'offline_access' && includes(!known.identity(scope))),
        claims: claims.flatMap((name) => {
          const scope = scopeOfClaim(name);
          return scope === undefined || identity.includes(scope) || !includes(!known.claim(name))
            ? []
            : [{ name, scope }];
        }),
        apis: askedApis
          .map(({ api, scopes }) => ({
            name: api.name,
            identifier: api._id,
            scopes: scopes.filter(({ value }) => includes(!known.api(api._id, value))),
            receives: (api.claims ?? []).flatMap(({ name, field }) => {
              const scope = scopeOfClaim(field) ?? '';
              const isKnown = known.identity(scope) && scopes.some(({ value }) => known.api(api._id, value));
              return identity.includes(scope) && includes(!isKnown) ? [{ name, scope }] : [];
            }),
          }))
          .filter(({ scopes, receives }) => scopes.length > 0 || receives.length > 0),
      });
      const fresh = access((isNew) => isNew);
      const somethingIsNew = offlineIsNew || [fresh.identity, fresh.claims, fresh.apis].some((list) => list.length > 0);
      const lifetimes = await findLifetimes(
        clientIdOf(interaction),
        askedApis.map(({ api }) => api._id),
      );
      const occasion = !known.any ? 'first' : somethingIsNew ? 'more' : 'again';
      return {
        occasion,
        asked: occasion === 'more' ? fresh : access(() => true),
        allowedBefore: access((isNew) => occasion === 'more' && !isNew),
        offline: offline ? { isNew: offlineIsNew } : undefined,
        until: offline ? after(clock, lifetimes.refreshAbsolute) : undefined,
        endsAt: permission?.endsAt,
        required: await requiredScopes(provider, interaction),
        refused: [
          ...(permission?.refused?.scopes ?? []),
          ...[...(permission?.refused?.resources ?? [])].flatMap(([api, scopes]) =>
            scopes.map((scope) => scopeKey(scope, api)),
          ),
        ],
      };
    },

    allow: async (provider, interaction, actor, { allowed, ends } = {}) => {
      const accountId = accountIdOf(interaction);
      const clientId = clientIdOf(interaction);
      const { identity, claims, apis: askedApis } = await requestedAccess(interaction);
      const remembered = await consents.findOrEnd(accountId, clientId);
      const before = accessIn(
        interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId),
        remembered,
      );
      const required = await requiredScopes(provider, interaction);
      // What was allowed before is not asked again: it is withdrawn on the page about apps.
      const isAllowed = (scope: string, api?: string): boolean =>
        allowed === undefined ||
        required.includes(scope) ||
        (api === undefined ? alwaysRequired.includes(scope) || before.identity(scope) : before.api(api, scope)) ||
        allowed.has(scopeKey(scope, api));
      const resources = askedApis.map(({ api, scopes }) => [api._id, scopes.map(({ value }) => value)] as const);
      const permission: Permission = {
        scopes: identity.filter((scope) => isAllowed(scope)),
        // The page describes a claim by the check box of its scope, if that is requested, too.
        claims: claims.filter((claim) => {
          const scope = scopeOfClaim(claim) ?? '';
          return !identity.includes(scope) || isAllowed(scope) || before.claim(claim);
        }),
        resources: new Map(
          resources
            .map(([api, scopes]) => [api, scopes.filter((scope) => isAllowed(scope, api))] as const)
            .filter(([, scopes]) => scopes.length > 0),
        ),
        refused: {
          scopes: identity.filter((scope) => !isAllowed(scope)),
          resources: new Map(
            resources
              .map(([api, scopes]) => [api, scopes.filter((scope) => !isAllowed(scope, api))] as const)
              .filter(([, scopes]) => scopes.length > 0),
          ),
        },
        endsAt: chosenEnd(ends, remembered?.endsAt),
      };
      const session =
        interaction.session === undefined ? undefined : await provider.Session.findByUid(interaction.session.uid);
      if (session === undefined) {
        throw new ExpiredError('the login session has ended');
      }
      const jti = nextGrantId(session, clientId);
      const existing =
        (await findGrant(provider, interaction.grantId ?? session.grantIdFor(clientId), accountId)) ??
        (await findGrant(provider, jti, accountId));
      const grant = apply(existing ?? newGrant(provider, session, { accountId, clientId, jti }), permission, claims);
      const grantId = await restarted(grant, permission.endsAt).save();
      await consents.remember(accountId, clientId, permission, actor);
      return { consent: { grantId } };
    },
  };
}
