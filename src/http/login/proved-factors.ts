/**
 * Whether a login has proved every factor that its user has. A remembered device replaces the second factor for the
 * login, but proves none: so such a login must not add another way to sign in.
 */
import { isMultiFactor } from '../../oidc/authentication-context.ts';
import type { LoginProof } from '../../oidc/interactions.ts';
import type { SecondFactorService } from '../../services/second-factors.ts';
import type { UserService } from '../../services/users.ts';
import { userOf } from './second-factor.ts';

/** @throws ExpiredError as {@link userOf} */
export type HasProvedAllFactors = (proof: LoginProof) => Promise<boolean>;

export function createHasProvedAllFactors(deps: {
  readonly users: Pick<UserService, 'find'>;
  readonly secondFactors: Pick<SecondFactorService, 'needsSecondFactor'>;
}): HasProvedAllFactors {
  return async (proof) =>
    isMultiFactor(proof.amr) || !(await deps.secondFactors.needsSecondFactor(await userOf(deps.users, proof)));
}
