/** The steps of a login, in the order in which they are taken. */
import type { LoginStep } from './login.ts';
import { passwordStep, type PasswordStepDependencies } from './password.ts';

export function loginSteps(deps: PasswordStepDependencies): readonly LoginStep[] {
  return [passwordStep(deps)];
}
