/** The second factors of a user as JSON. Never a seed or a code. */
import { toEpochSeconds } from '../clock.ts';
import type { AuthenticatorApp } from '../services/sign-in/second-factors.ts';

export interface SecondFactors {
  readonly required: boolean;
  readonly apps: readonly AuthenticatorApp[];
  /** How many there are. */
  readonly passkeys: number;
  /** How many were not used yet. */
  readonly recoveryCodes: number;
}

export function presentSecondFactors(factors: SecondFactors): Readonly<Record<string, unknown>> {
  return {
    required: factors.required,
    apps: factors.apps.map(({ id, name, createdAt, lastUsedAt }) => ({
      id,
      name,
      created_at: toEpochSeconds(createdAt),
      ...(lastUsedAt === undefined ? {} : { last_used_at: toEpochSeconds(lastUsedAt) }),
    })),
    passkeys: factors.passkeys,
    recovery_codes: factors.recoveryCodes,
  };
}
