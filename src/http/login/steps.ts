/** The steps of a login, in the order in which they are taken. */
import type { LoginStep } from './login.ts';
import { forgotPasswordStep, type ForgotPasswordDependencies } from './forgot-password.ts';
import { passwordStep, type PasswordStepDependencies } from './password.ts';
import { recoveryCodeStep, type RecoveryCodeStepDependencies } from './recovery-codes.ts';
import { secondFactorSetupStep, type SecondFactorSetupDependencies } from './second-factor-setup.ts';
import { secondFactorStep, type SecondFactorStepDependencies } from './second-factor.ts';

export type LoginStepDependencies = PasswordStepDependencies &
  SecondFactorStepDependencies &
  SecondFactorSetupDependencies &
  RecoveryCodeStepDependencies &
  ForgotPasswordDependencies;

export function loginSteps(deps: LoginStepDependencies): readonly LoginStep[] {
  return [
    passwordStep(deps),
    forgotPasswordStep(deps),
    secondFactorStep(deps),
    secondFactorSetupStep(deps),
    recoveryCodeStep(deps),
  ];
}
