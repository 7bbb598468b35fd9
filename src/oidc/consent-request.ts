/**
 * What an app requests, as the consent page shows it: which of it is new, which the user has allowed or refused before,
 * and what the user cannot refuse.
 */
import type { Interaction, Provider } from 'oidc-provider';
import { after, type Clock } from '../clock.ts';
import type { ApiScope, ApiService } from '../services/clients/apis.ts';
import type { ConsentService } from '../services/clients/consents.ts';
import { scopeOfClaim } from '../services/values/claims-by-scope.ts';
import { canGrant } from '../services/values/scope-groups.ts';
import type { UserService } from '../services/users/users.ts';
import type { ApiDocument } from '../storage/collections.ts';
import { individualClaims } from './claims.ts';
import { requiredScopesOf } from './client-metadata.ts';
import { identityScopesIn } from './identity-scopes.ts';
import { accessIn } from './known-access.ts';
import type { FindRefreshLifetimes } from './refresh-token-lifetime.ts';
import { words } from './space-separated.ts';

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

/** The name of a scope in the answer of the page. @param api its API; absent for a scope about the user */
export function scopeKey(scope: string, api?: string): string {
  return api === undefined ? scope : `${api} ${scope}`;
}

function resourcesOf(params: Readonly<Record<string, unknown>>): readonly string[] {
  const { resource } = params;
  return (Array.isArray(resource) ? resource : [resource]).filter((item) => typeof item === 'string');
}

/**
 * The user who is asked, and the app that asks.
 * @throws TypeError when nobody is signed in
 */
export function partiesOf(interaction: Interaction): { readonly accountId: string; readonly clientId: string } {
  const accountId = interaction.session?.accountId;
  if (accountId === undefined) {
    throw new TypeError('consent needs a user who is signed in');
  }
  return { accountId, clientId: String(interaction.params['client_id']) };
}

/** A request of an app, without the scopes that the user cannot grant. */
export interface GrantableRequest {
  readonly identity: readonly string[];
  readonly claims: readonly string[];
  readonly apis: readonly { readonly api: ApiDocument; readonly scopes: readonly ApiScope[] }[];
}

export interface ConsentRequests {
  find(interaction: Interaction): Promise<GrantableRequest>;
  /** The scopes that the user cannot refuse and allow the rest. */
  requiredScopes(provider: Provider, interaction: Interaction): Promise<readonly string[]>;
  describe(provider: Provider, interaction: Interaction): Promise<ConsentRequest>;
}

export function createConsentRequests(deps: {
  readonly apis: ApiService;
  readonly consents: Pick<ConsentService, 'find'>;
  readonly users: Pick<UserService, 'find'>;
  readonly clock: Clock;
  readonly findLifetimes: FindRefreshLifetimes;
}): ConsentRequests {
  const { apis, consents, users, clock, findLifetimes } = deps;

  async function requiredScopes(provider: Provider, interaction: Interaction): Promise<readonly string[]> {
    const client = await provider.Client.find(partiesOf(interaction).clientId);
    return client === undefined ? [] : requiredScopesOf(client);
  }

  async function find(interaction: Interaction): Promise<GrantableRequest> {
    const scopes = words(interaction.params['scope']);
    const documents = await apis.findMany(resourcesOf(interaction.params));
    const user = (await users.find(partiesOf(interaction).accountId)) ?? {};
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

  return {
    find,
    requiredScopes,
    describe: async (provider, interaction) => {
      const { accountId, clientId } = partiesOf(interaction);
      const { identity, claims, apis: askedApis } = await find(interaction);
      const grant = interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
      const permission = await consents.find(accountId, clientId);
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
        clientId,
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
  };
}
