/**
 * Stored consents: what a user has allowed an app, for longer than one session. Tokens belong to the engine's Grant,
 * which ends with the session (or later, with `offline_access`). The Grant of the next session starts from the stored
 * consent.
 */
import { strictlyAfter, type Clock } from '../../clock.ts';
import { digest } from '../../crypto/secrets.ts';
import { ConflictError } from '../../errors.ts';
import type { ConsentDocument } from '../../storage/collections.ts';
import type { ConsentRepository } from '../../storage/repositories/consents.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';
import type { RevocationService } from '../tokens/revocation.ts';

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
  /** What the user refused while allowing the rest. It is not asked again until the app asks for consent. */
  readonly refused?: Refusal;
  /** When all of it ends, if the user chose that. */
  readonly endsAt?: Date | undefined;
}

/** Scopes that a user did not allow. */
export interface Refusal {
  readonly scopes: readonly string[];
  readonly resources: ReadonlyMap<string, readonly string[]>;
}

export interface ConsentService {
  /** Null also for a consent that has ended. */
  find(accountId: string, clientId: string): Promise<Permission | null>;
  /**
   * The same, for who is about to store a new one: a consent that has ended is withdrawn first, with what an earlier
   * login got without this end.
   */
  findOrEnd(accountId: string, clientId: string): Promise<Permission | null>;
  /** Those that have not ended. */
  listByUser(accountId: string): Promise<ConsentDocument[]>;
  /**
   * Adds to the stored consent, and replaces its end. The user is asked for `offline_access` each time (OpenID Connect
   * Core §11), so only the fact that it was allowed before is stored.
   */
  remember(accountId: string, clientId: string, permission: Permission, actor: Actor): Promise<void>;
  /** Deletes the consent and ends every token that was issued because of it. */
  withdraw(accountId: string, clientId: string, actor: Actor): Promise<void>;
  /** Withdraws those that have ended by time. @returns how many */
  endDue(): Promise<number>;
}

const maxAttempts = 20;
/** Consents that are read at a time. */
const batchSize = 100;

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function without(one: readonly string[], other: readonly string[] = []): readonly string[] {
  return one.filter((word) => !other.includes(word));
}

/** What is refused after this answer: what was refused before, except what is allowed now, and what is refused now. */
function refusedAfter(before: Refusal | undefined, permission: Permission): Refusal {
  const { refused } = permission;
  const apis = new Set([...(before?.resources.keys() ?? []), ...(refused?.resources.keys() ?? [])]);
  const ofApi = (api: string): readonly string[] =>
    union(without(before?.resources.get(api) ?? [], permission.resources.get(api)), refused?.resources.get(api) ?? []);
  return {
    scopes: union(without(before?.scopes ?? [], permission.scopes), refused?.scopes ?? []),
    resources: new Map([...apis].map((api) => [api, ofApi(api)] as const).filter(([, scopes]) => scopes.length > 0)),
  };
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
    refused: {
      scopes: words(consent.refusedScopes ?? ''),
      resources: new Map((consent.refusedResources ?? []).map(({ api, scopes }) => [api, words(scopes)])),
    },
    endsAt: consent.endsAt,
  };
}

export function createConsentService(deps: {
  readonly consents: ConsentRepository;
  readonly revocation: RevocationService;
  readonly audit: AuditService;
  readonly clock: Clock;
}): ConsentService {
  const { consents, revocation, audit, clock } = deps;

  function hasEnded({ endsAt }: ConsentDocument): boolean {
    return endsAt !== undefined && endsAt.getTime() <= clock.now().getTime();
  }

  async function find(accountId: string, clientId: string): Promise<Permission | null> {
    const consent = await consents.find(idOf(accountId, clientId));
    return consent === null || hasEnded(consent) ? null : permissionOf(consent);
  }

  /** @returns false when somebody else changed the consent meanwhile */
  async function addTo(accountId: string, clientId: string, permission: Permission): Promise<boolean> {
    const id = idOf(accountId, clientId);
    const stored = await consents.find(id);
    const before = stored === null || hasEnded(stored) ? undefined : permissionOf(stored);
    const resources = new Map(before?.resources);
    for (const [api, scopes] of permission.resources) {
      resources.set(api, union(resources.get(api) ?? [], scopes));
    }
    const claims = union(before?.claims ?? [], permission.claims);
    const refused = refusedAfter(before?.refused, permission);
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
        ...(refused.scopes.length === 0 ? {} : { refusedScopes: refused.scopes.join(' ') }),
        ...(refused.resources.size === 0
          ? {}
          : { refusedResources: [...refused.resources].map(([api, scopes]) => ({ api, scopes: scopes.join(' ') })) }),
        ...(permission.endsAt === undefined ? {} : { endsAt: permission.endsAt }),
        grantedAt: before === undefined ? updatedAt : (stored?.grantedAt ?? updatedAt),
        updatedAt,
      },
      stored?.updatedAt,
    );
  }

  return {
    find,

    findOrEnd: async (accountId, clientId) => {
      const consent = await consents.find(idOf(accountId, clientId));
      if (consent === null || !hasEnded(consent)) {
        return consent && permissionOf(consent);
      }
      // Otherwise the user has allowed the app again meanwhile.
      return (await endIfDue(consent._id)) ? null : find(accountId, clientId);
    },

    listByUser: async (accountId) => (await consents.listByUser(accountId)).filter((consent) => !hasEnded(consent)),

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
          ...(permission.endsAt === undefined ? {} : { endsAt: permission.endsAt.toISOString() }),
        },
      });
    },

    withdraw,

    endDue: async () => {
      let ended = 0;
      for (;;) {
        const due = await consents.listEnded(clock.now(), batchSize);
        for (const { _id } of due) {
          ended += (await endIfDue(_id)) ? 1 : 0;
        }
        if (due.length < batchSize) {
          return ended;
        }
      }
    },
  };

  /** @returns false if it was withdrawn, or another end was chosen, meanwhile */
  async function endIfDue(id: string): Promise<boolean> {
    const consent = await consents.find(id);
    if (consent === null || !hasEnded(consent)) {
      return false;
    }
    const { accountId, clientId } = consent;
    await revocation.endConsent(accountId, clientId);
    if (!(await consents.removeIfUnchanged(consent))) {
      return false;
    }
    // The app may have got a new grant from the consent meanwhile.
    await revocation.endConsent(accountId, clientId);
    await audit.record({ actor: 'system', type: 'consent.withdrawn', outcome: 'success', accountId, clientId });
    return true;
  }

  async function withdraw(accountId: string, clientId: string, actor: Actor): Promise<void> {
    await revocation.endConsent(accountId, clientId);
    await consents.remove(idOf(accountId, clientId));
    // The app may have got a new grant from the consent meanwhile.
    await revocation.endConsent(accountId, clientId);
    await audit.record({ ...actor, type: 'consent.withdrawn', outcome: 'success', accountId, clientId });
  }
}
