/**
 * Everything that is stored about a user, as one JSON document for the user (GDPR articles 15 and 20). Each collection
 * with data of a user has a part here; a test compares the parts with the collections. No secret and no digest of one
 * is in it, because a file is copied and kept: fields are listed one by one.
 */
import type { Clock } from '../../clock.ts';
import type { AuditEventDocument, UserDocument } from '../../storage/collections.ts';
import type { AuditEventRepository } from '../../storage/repositories/audit-events.ts';
import type { ConsentRepository } from '../../storage/repositories/consents.ts';
import type { OidcPayloadRepository } from '../../storage/repositories/oidc-payloads.ts';
import type { OneTimeTokenRepository } from '../../storage/repositories/one-time-tokens.ts';
import type { PasskeyRepository } from '../../storage/repositories/passkeys.ts';
import type { PersonalAccessTokenRepository } from '../../storage/repositories/personal-access-tokens.ts';
import type { RecoveryCodeRepository } from '../../storage/repositories/recovery-codes.ts';
import type { RememberedDeviceRepository } from '../../storage/repositories/remembered-devices.ts';
import type { SecondFactorRepository } from '../../storage/repositories/second-factors.ts';
import type { TokenUsageRepository } from '../../storage/repositories/token-usage.ts';
import type { UpstreamLinkRepository } from '../../storage/repositories/upstream-links.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';

/** What one collection has about a user. */
export interface PersonalDataPart {
  /** Its member in the document. */
  readonly name: string;
  /** The name of the collection in the database. */
  readonly collection: string;
  readonly read: (user: UserDocument) => Promise<unknown>;
}

/** The collections that have no part, and why. */
export const withoutPersonalData: Readonly<Record<string, string>> = {
  apis: 'about APIs',
  changes: 'ids of what ended, for some minutes',
  clients: 'about apps',
  installation: 'about this installation',
  login_attempts: 'counters under an HMAC; nobody can read from it whom they concern',
  outbox: 'encrypted messages, erased when they are delivered; not stored by user',
  signing_keys: 'keys of this server',
  upstream_flows: 'sign-ins in progress, for some minutes, by a digest of their state; not stored by user',
  upstreams: 'about other identity providers',
  workload_issuers: 'about apps',
};

export interface PersonalDataService {
  readonly parts: readonly PersonalDataPart[];
  /** Reads everything, and records that it was downloaded. The members are the names of the parts. */
  download(user: UserDocument, actor: Actor): Promise<Readonly<Record<string, unknown>>>;
}

/** Audit events that are read at a time. */
const pageSize = 500;

function pick<T extends object, K extends keyof T>(document: T, ...fields: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    fields.flatMap((field) => (document[field] === undefined ? [] : [[field, document[field]]])),
  ) as Partial<Pick<T, K>>;
}

export function createPersonalDataService(deps: {
  readonly auditEvents: Pick<AuditEventRepository, 'list'>;
  readonly consents: Pick<ConsentRepository, 'listByUser'>;
  readonly oidcPayloads: Pick<OidcPayloadRepository, 'listByUser'>;
  readonly oneTimeTokens: Pick<OneTimeTokenRepository, 'listByUser'>;
  readonly passkeys: Pick<PasskeyRepository, 'listByUser'>;
  readonly personalAccessTokens: Pick<PersonalAccessTokenRepository, 'listByUser'>;
  readonly recoveryCodes: Pick<RecoveryCodeRepository, 'find'>;
  readonly rememberedDevices: Pick<RememberedDeviceRepository, 'listByUser'>;
  readonly secondFactors: Pick<SecondFactorRepository, 'listByUser'>;
  readonly tokenUsage: Pick<TokenUsageRepository, 'listByUser'>;
  readonly upstreamLinks: Pick<UpstreamLinkRepository, 'listByUser' | 'listSessionsByUser'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
}): PersonalDataService {
  const { audit, clock } = deps;

  async function listEvents(accountId: string): Promise<readonly AuditEventDocument[]> {
    const events: AuditEventDocument[] = [];
    for (let after: string | undefined; ;) {
      const page = await deps.auditEvents.list({
        accountId,
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      events.push(...page);
      after = page.at(-1)?._id;
      if (page.length < pageSize || after === undefined) {
        return events;
      }
    }
  }

  const parts: readonly PersonalDataPart[] = [
    {
      name: 'account',
      collection: 'accounts',
      read: async ({ _id, passwordHash, phoneNumberVerified = false, ...user }) => ({
        sub: _id,
        ...pick(user, 'email', 'emailVerified', 'profile', 'groups', 'role', 'disabled'),
        phoneNumberVerified,
        hasPassword: passwordHash !== undefined,
        ...pick(user, 'passwordChangedAt', 'createdAt', 'updatedAt'),
      }),
    },
    {
      name: 'appsWithAccess',
      collection: 'consents',
      read: async ({ _id }) =>
        (await deps.consents.listByUser(_id)).map((consent) =>
          pick(
            consent,
            'clientId',
            'scopes',
            'claims',
            'resources',
            'offlineAccess',
            'refusedScopes',
            'refusedResources',
            'endsAt',
            'grantedAt',
            'updatedAt',
          ),
        ),
    },
    {
      name: 'signInsAndTokens',
      collection: 'oidc_payloads',
      read: async ({ _id }) =>
        (await deps.oidcPayloads.listByUser(_id)).map((document) =>
          pick(document, 'model', 'clientId', 'userAgent', 'createdAt', 'expiresAt'),
        ),
    },
    {
      name: 'otherProviders',
      collection: 'upstream_links',
      read: async ({ _id, linkGroups = [] }) =>
        (await deps.upstreamLinks.listByUser(_id)).map((link) => ({
          ...pick(link, 'upstreamId', 'subject', 'email', 'createdAt', 'lastUsedAt'),
          groups: linkGroups.find(({ linkId }) => linkId === link._id)?.groups ?? [],
        })),
    },
    {
      name: 'sessionsAtOtherProviders',
      collection: 'upstream_sessions',
      read: async ({ _id }) =>
        (await deps.upstreamLinks.listSessionsByUser(_id)).map((session) => pick(session, 'upstreamId', 'expiresAt')),
    },
    {
      name: 'personalAccessTokens',
      collection: 'personal_access_tokens',
      read: async ({ _id }) =>
        (await deps.personalAccessTokens.listByUser(_id)).map((token) =>
          pick(
            token,
            'name',
            'resources',
            'createdAt',
            'expiresAt',
            'lastUsedAt',
            'lastUsedApi',
            'lastUsedFrom',
            'addressBlocks',
          ),
        ),
    },
    {
      name: 'passkeys',
      collection: 'passkeys',
      read: async ({ _id }) =>
        (await deps.passkeys.listByUser(_id)).map((passkey) =>
          pick(passkey, 'name', 'aaguid', 'transports', 'backupEligible', 'backedUp', 'createdAt', 'lastUsedAt'),
        ),
    },
    {
      name: 'secondFactors',
      collection: 'second_factors',
      read: async ({ _id }) =>
        (await deps.secondFactors.listByUser(_id)).map((factor) =>
          pick(factor, 'kind', 'name', 'createdAt', 'lastUsedAt'),
        ),
    },
    {
      name: 'recoveryCodes',
      collection: 'recovery_codes',
      read: async ({ _id }) => {
        const codes = await deps.recoveryCodes.find(_id);
        return codes === null ? null : { unused: codes.codeDigests.length, createdAt: codes.createdAt };
      },
    },
    {
      name: 'rememberedDevices',
      collection: 'remembered_devices',
      read: async ({ _id }) =>
        (await deps.rememberedDevices.listByUser(_id)).map((device) =>
          pick(device, 'userAgent', 'from', 'createdAt', 'expiresAt'),
        ),
    },
    {
      name: 'links',
      collection: 'one_time_tokens',
      read: async ({ _id }) =>
        (await deps.oneTimeTokens.listByUser(_id)).map((link) =>
          pick(link, 'purpose', 'mailedTo', 'createdAt', 'expiresAt'),
        ),
    },
    {
      name: 'tokenUsage',
      collection: 'token_usage',
      read: async ({ _id }) =>
        (await deps.tokenUsage.listByUser(_id)).map((usage) =>
          pick(usage, 'clientId', 'firstUsedAt', 'lastUsedAt', 'lastUsedFrom', 'count', 'addressBlocks'),
        ),
    },
    {
      name: 'events',
      collection: 'audit_events',
      read: async ({ _id }) =>
        (await listEvents(_id)).map((event) =>
          pick(event, 'at', 'type', 'outcome', 'clientId', 'address', 'userAgent', 'detail'),
        ),
    },
  ];

  return {
    parts,
    download: async (user, actor) => {
      await audit.record({ ...actor, type: 'user.data_downloaded', outcome: 'success', accountId: user._id });
      const read = await Promise.all(parts.map(async (part) => [part.name, await part.read(user)] as const));
      return { exportedAt: clock.now(), ...Object.fromEntries(read) };
    },
  };
}
