/**
 * Stored consents: what a user has allowed an app, for longer than one session. Tokens belong to the engine's Grant,
 * which ends with the session (or later, with `offline_access`). The Grant of the next session starts from the stored
 * consent.
 */
import { strictlyAfter, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { ConflictError } from '../errors.ts';
import type { ConsentDocument } from '../storage/collections.ts';
import type { ConsentRepository } from '../storage/repositories/consents.ts';
import type { Actor, AuditService } from './audit.ts';
import type { RevocationService } from './revocation.ts';

/** What a user allows a client. */
export interface Permission {
  /** Scopes about the user. */
  readonly scopes: readonly string[];
  /** Claims that were requested individually (OpenID Connect Core §5.5). */
  readonly claims: readonly string[];
  /** Scopes by API identifier. */
  readonly resources: ReadonlyMap<string, readonly string[]>;
  /**
   * Whether offline access was allowed before. It is never granted because of this; the consent page only does not show
   * it as new.
   */
  readonly offlineAccess?: boolean;
}

export interface ConsentService {
  find(accountId: string, clientId: string): Promise<Permission | null>;
  listByUser(accountId: string): Promise<ConsentDocument[]>;
  /**
   * Adds to the stored consent. The user is asked for `offline_access` each time (OpenID Connect Core §11), so only the
   * fact that it was allowed before is stored.
   */
  remember(accountId: string, clientId: string, permission: Permission, actor: Actor): Promise<void>;
  /** Deletes the consent and ends every token that was issued because of it. */
  withdraw(accountId: string, clientId: string, actor: Actor): Promise<void>;
}

const maxAttempts = 20;

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}

function idOf(accountId: string, clientId: string): string {
  return digest(`${accountId} ${clientId}`);
}

/** Converts a stored consent. */
export function permissionOf(consent: ConsentDocument): Permission {
  return {
    scopes: words(consent.scopes),
    claims: words(consent.claims ?? ''),
    resources: new Map(consent.resources.map(({ api, scopes }) => [api, words(scopes)])),
    offlineAccess: consent.offlineAccess === true,
  };
}

export function createConsentService(deps: {
  readonly consents: ConsentRepository;
  readonly revocation: RevocationService;
  readonly audit: AuditService;
  readonly clock: Clock;
}): ConsentService {
  const { consents, revocation, audit, clock } = deps;

  /** @returns false when somebody else changed the consent meanwhile */
  async function addTo(accountId: string, clientId: string, permission: Permission): Promise<boolean> {
    const id = idOf(accountId, clientId);
    const stored = await consents.find(id);
    const before = stored === null ? undefined : permissionOf(stored);
    const resources = new Map(before?.resources);
    for (const [api, scopes] of permission.resources) {
      resources.set(api, union(resources.get(api) ?? [], scopes));
    }
    const claims = union(before?.claims ?? [], permission.claims);
    const offlineAccess = before?.offlineAccess === true || permission.scopes.includes('offline_access');
    const updatedAt = stored === null ? clock.now() : strictlyAfter(clock, stored.updatedAt);
    return consents.save(
      {
        _id: id,
        accountId,
        clientId,
        scopes: union(before?.scopes ?? [], permission.scopes)
          .filter((scope) => scope !== 'offline_access')
          .join(' '),
        ...(claims.length === 0 ? {} : { claims: claims.join(' ') }),
        resources: [...resources].map(([api, scopes]) => ({ api, scopes: scopes.join(' ') })),
        ...(offlineAccess ? { offlineAccess: true } : {}),
        grantedAt: stored?.grantedAt ?? updatedAt,
        updatedAt,
      },
      stored?.updatedAt,
    );
  }

  return {
    find: async (accountId, clientId) => {
      const consent = await consents.find(idOf(accountId, clientId));
      return consent === null ? null : permissionOf(consent);
    },

    listByUser: (accountId) => consents.listByUser(accountId),

    remember: async (accountId, clientId, permission, actor) => {
      for (let attempt = 1; !(await addTo(accountId, clientId, permission)); attempt += 1) {
        if (attempt === maxAttempts) {
          throw new ConflictError('The consent was changed by others at the same time. Try again.');
        }
      }
      await audit.record({
        ...actor,
        type: 'consent.granted',
        outcome: 'success',
        accountId,
        clientId,
        detail: {
          scopes: permission.scopes.join(' '),
          ...(permission.claims.length === 0 ? {} : { claims: permission.claims.join(' ') }),
          resources: [...permission.resources].map(([api, scopes]) => `${api}: ${scopes.join(' ')}`).join('; '),
        },
      });
    },

    withdraw: async (accountId, clientId, actor) => {
      await revocation.endConsent(accountId, clientId);
      await consents.remove(idOf(accountId, clientId));
      // The app may have got a new grant from the consent meanwhile.
      await revocation.endConsent(accountId, clientId);
      await audit.record({ ...actor, type: 'consent.withdrawn', outcome: 'success', accountId, clientId });
    },
  };
}
