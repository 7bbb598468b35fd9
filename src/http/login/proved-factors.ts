/**
 * Whether a login has proved every factor that its user has. A remembered device replaces the second factor for the
 * login, but proves none: so such a login must not add another way to sign in.
 */
import { isMultiFactor } from '../../oidc/authentication-context.ts';
import type { LoginProof } from '../../oidc/interactions.ts';
import type { SecondFactorService } from '../../services/sign-in/second-factors.ts';
import type { FindProvedUser } from './proved-user.ts';

/** @throws ExpiredError as {@link FindProvedUser} */
export type HasProvedAllFactors = (proof: LoginProof, findUser: FindProvedUser) => Promise<boolean>;

export function createHasProvedAllFactors(deps: {
  readonly secondFactors: Pick<SecondFactorService, 'needsSecondFactor'>;
}): HasProvedAllFactors {
  return async (proof, findUser) =>
    isMultiFactor(proof.amr) || !(await deps.secondFactors.needsSecondFactor(await findUser()));
}
