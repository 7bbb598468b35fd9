/**
 * Maximum lengths of the request parameters that this server stores before anybody has signed in. All other parameters
 * are compared with registered values, or have few possible values.
 *
 * The numbers leave room for what libraries put into these parameters (an encrypted state of a few kilobytes; an ID
 * token as a hint) and keep a stored request below about 20 KiB.
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/**
 * In characters. For a repeated parameter, the sum of all values counts. A request object (`request`) is stored when it
 * is pushed; what is in it has the limits of the parameters, too.
 */
const maxLengths: Readonly<Record<string, number>> = {
  request: 16384,
  state: 4096,
  nonce: 1024,
  scope: 4096,
  resource: 4096,
  audience: 4096,
  id_token_hint: 8192,
  login_hint: 1024,
  acr_values: 1024,
  ui_locales: 512,
  claims_locales: 512,
  claims: 2048,
  display: 64,
  prompt: 256,
};

function lengthOf(value: unknown): number {
  return [value].flat().reduce((sum: number, one) => sum + (typeof one === 'string' ? one.length : 0), 0);
}

/** Describes a parameter that is too long, for the app's developer; undefined if it is not. */
export function lengthProblem(name: string, value: unknown): string | undefined {
  const max = maxLengths[name];
  const length = lengthOf(value);
  return max !== undefined && length > max ? `${name} has ${length} characters; expected at most ${max}` : undefined;
}

/**
 * The check of each parameter. The engine runs it at the authorization endpoint and at the endpoint for pushed
 * requests, before anything is stored.
 */
export const parameterChecks: Readonly<Record<string, (ctx: KoaContextWithOIDC, value: unknown) => void>> =
  Object.fromEntries(
    Object.keys(maxLengths).map((name) => [
      name,
      (_ctx: KoaContextWithOIDC, value: unknown) => {
        const problem = lengthProblem(name, value);
        if (problem !== undefined) {
          throw new errors.InvalidRequest(problem);
        }
      },
    ]),
  );
