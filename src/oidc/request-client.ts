/** Which client a request at an endpoint of the engine is from, once the engine has read it. */
import type { Context } from 'koa';
import { decodeJwt } from 'jose';

/** The part that is read here of what the engine keeps with a request. */
interface EngineRequest {
  readonly oidc?: {
    readonly client?: { readonly clientId: string };
    readonly params?: Readonly<Record<string, unknown>>;
  };
}

/**
 * The client of a request at an endpoint where clients authenticate; undefined where that failed. What a stranger only
 * claims must not use up the requests of another.
 */
export function authenticatedClientId(ctx: Context): string | undefined {
  return ctx.status === 401 ? undefined : (ctx as EngineRequest).oidc?.client?.clientId;
}

/** The user name of HTTP Basic, which is form-encoded (RFC 6749 §2.3.1): so it has many spellings. */
function ofBasic(authorization: string | undefined): string | undefined {
  const [scheme, encoded] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) {
    return undefined;
  }
  const [name = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

function ofAssertion(assertion: unknown): string | undefined {
  try {
    return typeof assertion === 'string' ? decodeJwt(assertion).sub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The client that a request says it is from, whose proof failed: the registered one where there is one of that name, else
 * the name itself, of any length; undefined where none is named.
 */
export function claimedClientId(ctx: Context): string | undefined {
  const { client, params } = (ctx as EngineRequest).oidc ?? {};
  const named = params?.['client_id'];
  return (
    client?.clientId ??
    (typeof named === 'string' ? named : undefined) ??
    ofBasic(ctx.req.headers.authorization) ??
    ofAssertion(params?.['client_assertion'])
  );
}
