/** Converts errors about a field of a service into errors about the option of the command. */
import { GatehouseError } from '../errors.ts';

/** Finds the option of a field: `--redirect-uri` for `redirectUris`, `--phone-number` for `phone_number`. */
function optionOf(field: string, declared: readonly string[]): string | undefined {
  const name = field.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [name, name.replace(/s$/, '')].find((candidate) => declared.includes(candidate));
}

/**
 * Converts an error about a field into an error about the option that sets it.
 * @param declared the long names of the command's options
 * @returns the same error if no option sets the field
 */
export function toOptionError(error: unknown, declared: readonly string[]): unknown {
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
