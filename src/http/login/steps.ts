/** The steps of a login, in the order in which they are taken. */
import { forgotPasswordStep, type ForgotPasswordDependencies } from './forgot-password.ts';
import { mailStep, type MailStepDependencies } from './mail.ts';
import { passkeyOfferStep, type PasskeyOfferDependencies } from './passkey-offer.ts';
import { passkeyStep, type PasskeyStepDependencies } from './passkey.ts';
import type { FirstStep, LaterStep, LoginStep } from './login.ts';
import { passwordStep, type PasswordStepDependencies } from './password.ts';
import { recoveryCodeStep, type RecoveryCodeStepDependencies } from './recovery-codes.ts';
import { secondFactorSetupStep, type SecondFactorSetupDependencies } from './second-factor-setup.ts';
import { secondFactorStep, type SecondFactorStepDependencies } from './second-factor.ts';
import { signUpStep, type SignUpStepDependencies } from './sign-up.ts';

export type LoginStepDependencies = PasswordStepDependencies &
  PasskeyStepDependencies &
  SignUpStepDependencies &
  SecondFactorStepDependencies &
  SecondFactorSetupDependencies &
  RecoveryCodeStepDependencies &
  ForgotPasswordDependencies &
  PasskeyOfferDependencies &
  Pick<MailStepDependencies, 'mailSignInCookie'> &
  Partial<Pick<MailStepDependencies, 'mailSignIn'>> & {
    /** Makes an account for somebody who has signed in with another provider. */
    readonly providerSignUp: FirstStep;
    /** Offers to link the account at another provider. Last: it needs an account whose factors are all proved. */
    readonly linkProvider: LaterStep;
  };

export function loginSteps(deps: LoginStepDependencies): readonly LoginStep[] {
  const { mailSignIn } = deps;
  const { available } = deps.passkeys;
  return [
    passwordStep(deps),
    ...(available ? [passkeyStep(deps)] : []),
    ...(mailSignIn === undefined ? [] : [mailStep({ ...deps, mailSignIn })]),
    forgotPasswordStep(deps),
    signUpStep(deps),
    deps.providerSignUp,
    secondFactorStep(deps),
    secondFactorSetupStep(deps),
    recoveryCodeStep(deps),
    ...(available ? [passkeyOfferStep(deps)] : []),
    deps.linkProvider,
  ];
}
