/** The two fields for a new password, which several pages have: reading them, and the errors that a page shows. */
import { InvalidInputError } from '../errors.ts';
import { PasswordRejectedError } from '../services/users/password-policy.ts';
import type { PasswordErrorCode } from '../views.ts';
import type { Form } from './middleware/forms.ts';

/** @throws InvalidInputError when the two fields differ */
export function newPasswordOf(form: Form): string {
  const password = form.get('password') ?? '';
  if (password !== form.get('confirmation')) {
    throw new MismatchError();
  }
  return password;
}

class MismatchError extends InvalidInputError {
  constructor() {
    super('The two passwords differ.', 'confirmation');
  }
}

/** What the page shows for a rejected password; undefined for another error. */
export function passwordErrorOf(
  error: unknown,
): { readonly code: PasswordErrorCode; readonly minimum?: number } | undefined {
  if (error instanceof MismatchError) {
    return { code: 'mismatch' };
  }
  if (error instanceof PasswordRejectedError) {
    const code = error.reason === 'invalid' ? 'invalid_input' : error.reason;
    return error.minimum === undefined ? { code } : { code, minimum: error.minimum };
  }
  return undefined;
}
