/** Services name the field that is wrong; at the command line a field is an option. */
import { GatehouseError } from '../errors.ts';

/** `redirectUris` is given by `--redirect-uri`, `phone_number` by `--phone-number`. */
function optionOf(field: string, declared: readonly string[]): string | undefined {
  const name = field.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [name, name.replace(/s$/, '')].find((candidate) => declared.includes(candidate));
}

/**
 * An error about a field, as one about the option that gives it.
 * @param declared the long names of the command's options
 * @returns the error itself where no option gives the field
 */
export function inTermsOfOptions(error: unknown, declared: readonly string[]): unknown {
  const option =
    error instanceof GatehouseError && error.field !== undefined ? optionOf(error.field, declared) : undefined;
  if (!(error instanceof GatehouseError) || option === undefined) {
    return error;
  }
  return new GatehouseError(error.code, `--${option}: ${error.message}`, {
    field: option,
    cause: error,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  });
}
