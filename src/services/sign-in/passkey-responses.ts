/**
 * What browsers send from `navigator.credentials` (the JSON forms of WebAuthn §5.1): only its form is checked here.
 */
import { z } from 'zod';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '../../crypto/webauthn.ts';
import { InvalidInputError } from '../../errors.ts';
import { parseInput } from '../values/validation.ts';

const message = 'This is not the response of an authenticator.';
/** Characters: more than any authenticator sends without attestation. */
const maxLength = 16_384;
/** A credential id has at most 1023 bytes (WebAuthn §4). */
const maxIdLength = 1364;

const encoded = (length: number) =>
  z
    .string()
    .max(length, message)
    .regex(/^[\w-]+$/, message);
const credential = {
  id: encoded(maxIdLength),
  rawId: encoded(maxIdLength),
  type: z.literal('public-key', message),
  clientExtensionResults: z.object({}, message),
};
const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const registration = z.object(
  {
    ...credential,
    response: z.object(
      {
        clientDataJSON: encoded(maxLength),
        attestationObject: encoded(maxLength),
        // Unknown ones are left out: browsers add new ones (WebAuthn §5.8.4).
        transports: z
          .array(z.string(), message)
          .max(20, message)
          .transform((given) => transports.filter((one) => given.includes(one)))
          .optional(),
      },
      message,
    ),
  },
  message,
);

const authentication = z.object(
  {
    ...credential,
    response: z.object(
      {
        clientDataJSON: encoded(maxLength),
        authenticatorData: encoded(maxLength),
        signature: encoded(maxLength),
        userHandle: encoded(maxIdLength).nullish(),
      },
      message,
    ),
  },
  message,
);

function parse<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidInputError(message);
  }
  return parseInput(schema, value);
}

/** @param text a RegistrationResponseJSON as JSON. @throws InvalidInputError */
export function parseRegistration(text: string): RegistrationResponseJSON {
  const { response, ...rest } = parse(registration, text);
  const { transports: given, ...others } = response;
  return { ...rest, response: { ...others, ...(given === undefined ? {} : { transports: given }) } };
}

/** @param text an AuthenticationResponseJSON as JSON. @throws InvalidInputError */
export function parseAuthentication(text: string): AuthenticationResponseJSON {
  const { response, ...rest } = parse(authentication, text);
  const { userHandle, ...others } = response;
  return { ...rest, response: { ...others, ...(typeof userHandle === 'string' ? { userHandle } : {}) } };
}
