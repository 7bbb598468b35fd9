/** An issuer of workload identities as JSON, with the names of the options that create it. */
import { toEpochSeconds } from '../clock.ts';
import type { WorkloadIssuerDocument } from '../storage/collections.ts';

export function presentWorkloadIssuer(document: WorkloadIssuerDocument): Readonly<Record<string, unknown>> {
  const { issuer, clientId, subjects, audience, jwks, singleUse, createdAt, updatedAt } = document;
  return {
    issuer,
    client_id: clientId,
    subjects,
    ...(audience === undefined ? {} : { audience }),
    ...(jwks === undefined ? {} : { jwks: JSON.parse(jwks) as unknown }),
    single_use: singleUse === true,
    created_at: toEpochSeconds(createdAt),
    updated_at: toEpochSeconds(updatedAt),
  };
}
