/**
 * Consent: the Grant that the user's answer creates (what is asked: consent-request.ts). A Grant belongs to a session.
 * What the user allowed is remembered beyond it (services/clients/consents.ts), and the next session's Grant starts
 * from that. First-party clients, which the operator trusts, need no consent.
 */
import type { Account, Grant, Interaction, KoaContextWithOIDC, Provider, Session } from 'oidc-provider';
import { after, epochSeconds, toEpochSeconds, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { ConflictError, ExpiredError } from '../errors.ts';
import { scopeOfClaim } from '../services/values/claims-by-scope.ts';
import type { ConsentService, Permission } from '../services/clients/consents.ts';
import type { Actor } from '../services/foundation/audit.ts';
import type { RevocationService } from '../services/tokens/revocation.ts';
import { checkAfterWrites } from '../storage/request-scope.ts';
import { individualClaims } from './claims.ts';
import { isFirstParty } from './client-metadata.ts';
import { partiesOf, scopeKey, type ConsentRequests } from './consent-request.ts';
import { credentialsVersionIn } from './credentials-version.ts';
import { departureIn } from './departures.ts';
import type { RefreshTokenLifetimes } from './refresh-token-lifetime.ts';
import { requestedIdentityScopes } from './identity-scopes.ts';
import { accessIn, covers } from './known-access.ts';
import { applyRefusal } from './refusals.ts';
import type { RequestedApis } from './requested-apis.ts';
import { mayUse, requestedGrantable } from './user-groups.ts';

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

/** The scopes that every app needs: without `openid` there is no sign-in, and `offline_access` is no data. */
const alwaysRequired: readonly string[] = ['openid', 'offline_access'];

export interface ConsentStep {
  /** The Grant that an authorization request starts from, if any. Called by the engine. */
  loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined>;
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

function newGrant(
  provider: Provider,
  session: Session,
  properties: { readonly accountId: string; readonly clientId: string; readonly jti: string },
): Grant {
  return new provider.Grant({ ...properties, ...credentialsVersionIn(session) });
}

export function createConsentStep(deps: {
  readonly consentRequests: Pick<ConsentRequests, 'find' | 'requiredScopes'>;
  readonly requestedApis: RequestedApis;
  readonly consents: ConsentService;
  readonly revocation: Pick<RevocationService, 'endGrant'>;
  readonly clock: Clock;
  readonly lifetimes: Pick<RefreshTokenLifetimes, 'refreshAbsolute'>;
}): ConsentStep {
  const { consentRequests, requestedApis, consents, revocation, clock } = deps;
  const { refreshAbsolute } = deps.lifetimes;

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

  /**
   * Stores a grant because of a consent. Who withdraws the consent at this moment does not find the grant, which is
   * stored with the request's other writes. So the consent is read again after that.
   */
  async function saveBecauseOfConsent(grant: Grant, accountId: string, clientId: string): Promise<string> {
    const grantId = await grant.save();
    checkAfterWrites(async () => {
      if ((await consents.find(accountId, clientId)) === null) {
        await revocation.endGrant(grantId);
        throw new ConflictError('The access of the app has ended at the same moment. Start again from the app.');
      }
    });
    return grantId;
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
      const save = (grant: Grant, allowed: Permission | null): Promise<unknown> =>
        allowed === null || isFirstParty(client) ? grant.save() : saveBecauseOfConsent(grant, accountId, clientId);
      if (existing !== undefined && endsTooEarly(existing)) {
        const allowed = await consents.find(accountId, clientId);
        await save(restarted(existing, allowed?.endsAt), allowed);
      }
      const requested = everythingRequested(ctx, user);
      if (covers(existing, requested)) {
        return existing;
      }
      // Consent that the user gave in another session counts here, too.
      const allowed = isFirstParty(client) ? null : await consents.find(accountId, clientId);
      const permission = isFirstParty(client) ? requested : knownPermission(existing, allowed, requested.claims);
      if (permission === null || covers(existing, permission)) {
        return existing;
      }
      const grant = apply(
        existing ?? newGrant(provider, session, { accountId, clientId, jti: nextGrantId(session, clientId) }),
        permission,
        requested.claims,
      );
      await save(permission.endsAt === undefined ? grant : restarted(grant, permission.endsAt), allowed);
      return grant;
    },

    allow: async (provider, interaction, actor, { allowed, ends } = {}) => {
      const { accountId, clientId } = partiesOf(interaction);
      const { identity, claims, apis: askedApis } = await consentRequests.find(interaction);
      const remembered = await consents.findOrEnd(accountId, clientId);
      const before = accessIn(
        interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId),
        remembered,
      );
      const required = await consentRequests.requiredScopes(provider, interaction);
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
      const grantId = await saveBecauseOfConsent(restarted(grant, permission.endsAt), accountId, clientId);
      await consents.remember(accountId, clientId, permission, actor);
      return { consent: { grantId } };
    },
  };
}
