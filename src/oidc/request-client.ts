/** Finds the client of a request that the engine has read. */
import type { Context } from 'koa';
import { decodeJwt } from 'jose';

/** The part of the engine's request state that is read here. */
interface EngineRequest {
  readonly oidc?: {
    readonly client?: { readonly clientId: string };
    readonly params?: Readonly<Record<string, unknown>>;
  };
}

/** The registered client that a request has named; undefined if it does not exist. It need not be authenticated. */
export function registeredClientId(ctx: Context): string | undefined {
  return (ctx as EngineRequest).oidc?.client?.clientId;
}

/**
 * The client of a request at an endpoint where clients authenticate; undefined if that failed. Otherwise a stranger
 * could use up another client's requests by claiming its id.
 */
export function authenticatedClientId(ctx: Context): string | undefined {
  return ctx.status === 401 ? undefined : registeredClientId(ctx);
}

/** Records the client of a request that is answered without the engine. */
export function setAuthenticatedClient(ctx: Context, client: { readonly clientId: string }): void {
  const request: EngineRequest = { oidc: { client } };
  Object.assign(ctx, request);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/**
 * The credentials of HTTP Basic; undefined for another scheme. They are form-encoded (RFC 6749 §2.3.1), so one id has
 * many spellings. `password` is undefined if there is no colon.
 */
export function basicCredentials(
  authorization: string | undefined,
): { readonly name: string; readonly password: string | undefined } | undefined {
  const [scheme, encoded] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) {
    return undefined;
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1
    ? { name: decode(text), password: undefined }
    : { name: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) };
}

function ofAssertion(assertion: unknown): string | undefined {
  try {
    const { sub }: Readonly<Record<string, unknown>> = typeof assertion === 'string' ? decodeJwt(assertion) : {};
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The client id that a request with failed authentication claims: of the registered client if it exists, else as it was
 * sent, of any length; undefined if there is none.
 */
export function claimedClientId(ctx: Context): string | undefined {
  const { params } = (ctx as EngineRequest).oidc ?? {};
  const named = params?.['client_id'];
  return (
    registeredClientId(ctx) ??
    (typeof named === 'string' ? named : undefined) ??
    basicCredentials(ctx.req.headers.authorization)?.name ??
    ofAssertion(params?.['client_assertion'])
  );
}
