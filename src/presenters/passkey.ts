/** A passkey as JSON. */
import { toEpochSeconds } from '../clock.ts';
import type { PasskeyDocument } from '../storage/collections.ts';

export function presentPasskey(passkey: PasskeyDocument): Readonly<Record<string, unknown>> {
  const { lastUsedAt, blockedAt, aaguid } = passkey;
  return {
    id: passkey._id,
    name: passkey.name,
    sub: passkey.accountId,
    ...(aaguid === undefined ? {} : { aaguid }),
    can_be_synchronised: passkey.backupEligible,
    synchronised: passkey.backedUp,
    created_at: toEpochSeconds(passkey.createdAt),
    ...(lastUsedAt === undefined ? {} : { last_used_at: toEpochSeconds(lastUsedAt) }),
    ...(blockedAt === undefined ? {} : { blocked_at: toEpochSeconds(blockedAt) }),
  };
}
