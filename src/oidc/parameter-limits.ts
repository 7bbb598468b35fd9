/**
 * How long the parameters of a request may be that this server stores before anybody has signed in. Everything else of a
 * request is compared with what is registered, or has few values.
 *
 * The numbers leave room for what libraries put into these parameters (sealed state of a few kilobytes; an ID token as a
 * hint) and keep a stored request below about 20 KiB.
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/** In characters; of a parameter that comes more than once all values together. */
const maxLengths: Readonly<Record<string, number>> = {
  state: 4096,
  nonce: 1024,
  scope: 4096,
  resource: 4096,
  id_token_hint: 8192,
  login_hint: 1024,
  acr_values: 1024,
  ui_locales: 512,
  claims_locales: 512,
  display: 64,
  prompt: 256,
};

function lengthOf(value: unknown): number {
  return [value].flat().reduce((sum: number, one) => sum + (typeof one === 'string' ? one.length : 0), 0);
}

/** What is wrong with the length of a parameter, in a sentence for the app's developer; undefined when it is right. */
export function lengthProblem(name: string, value: unknown): string | undefined {
  const max = maxLengths[name];
  const length = lengthOf(value);
  return max !== undefined && length > max ? `${name} has ${length} characters; expected at most ${max}` : undefined;
}

/**
 * For the engine: each parameter with its check, which it asks at the authorization endpoint and at that of pushed
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
