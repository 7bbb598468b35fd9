/**
 * The short way to an answer of introspection (RFC 7662), for the requests that APIs send for each of their own
 * requests: a client with a secret, in the plainest form. It saves a quarter of the time.
 *
 * This way only accepts: it rejects nothing. A request in another form, or with a mistake, or of a client that must
 * wait or could not authenticate, goes to the engine as it came, and the engine decides about it. So each condition
 * here must be at least as strict as the engine's (RFC 6749 §2.3.1; decision 47).
 */
import type { IncomingMessage } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import type { Context, Middleware } from 'koa';
import type { Client, Provider } from 'oidc-provider';
import { hasSecret } from './client-authentication.ts';
import type { WaitOfClient } from './client-waits.ts';
import { endpoints } from './endpoints.ts';
import { formOf } from './form-body.ts';
import { reportedUse, type DescribeToken } from './introspection.ts';
import { setAuthenticatedClient } from './request-client.ts';
import { requestContext } from './request-context.ts';

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** Unreserved characters only (RFC 3986 §2.3): they are the same with and without the form encoding. */
const plainCredentials = /^([\w.~-]+):([\w.~-]+)$/;
const plainHeader = /^Basic ((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?)$/;

/** Headers with which the engine decides about more than the client's secret. */
const otherHeaders = ['origin', 'oauth-client-attestation', 'oauth-client-attestation-pop'];

function basicCredentials(authorization: string): Credentials | undefined {
  const encoded = plainHeader.exec(authorization)?.[1] ?? '';
  const [, id, secret] = plainCredentials.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** The credentials of a request that has them in one place; undefined for any other request. */
function credentialsOf({ headers }: IncomingMessage, form: ParsedUrlQuery): Credentials | undefined {
  const { client_id: id, client_secret: secret } = form;
  if (headers.authorization !== undefined) {
    const found = secret === undefined ? basicCredentials(headers.authorization) : undefined;
    return id === undefined || id === found?.id ? found : undefined;
  }
  return typeof id === 'string' && typeof secret === 'string' && id !== '' && secret !== ''
    ? { id, secret }
    : undefined;
}

export interface DirectIntrospectionDependencies {
  readonly describeToken: DescribeToken;
  readonly waitOfClient: WaitOfClient;
}

export function answerIntrospectionDirectly(
  provider: Provider,
  { describeToken, waitOfClient }: DirectIntrospectionDependencies,
): Middleware {
  /** The client of a request if it may have an answer; undefined if the engine must decide. */
  async function authenticate(ctx: Context, form: ParsedUrlQuery): Promise<Client | undefined> {
    const credentials = credentialsOf(ctx.req, form);
    const client = credentials && (await provider.Client.find(credentials.id));
    const { clientAuthMethod: method } = client ?? {};
    return credentials !== undefined &&
      client !== undefined &&
      (method === 'client_secret_basic' || method === 'client_secret_post') &&
      waitOfClient(ctx, client.clientId) === undefined &&
      hasSecret(client, credentials.secret)
      ? client
      : undefined;
  }

  async function answer(ctx: Context): Promise<boolean> {
    // A body that could not be read is rejected by the engine.
    const form = await formOf(ctx.req)?.catch(() => undefined);
    const isPlain =
      form !== undefined &&
      form['client_assertion'] === undefined &&
      form['client_assertion_type'] === undefined &&
      !Object.values(form).some(Array.isArray) &&
      otherHeaders.every((name) => ctx.req.headers[name] === undefined);
    const token = form?.['token'];
    const client = isPlain && typeof token === 'string' && token !== '' ? await authenticate(ctx, form) : undefined;
    if (client === undefined) {
      return false;
    }
    setAuthenticatedClient(ctx, client);
    ctx.set('Cache-Control', 'no-store');
    ctx.vary('Origin');
    ctx.body = (await describeToken(client, String(token), reportedUse(ctx.req, form))) ?? { active: false };
    return true;
  }

  return async function answerDirectly(ctx, next) {
    if (requestContext(ctx.req).endpoint !== endpoints.introspection || !(await answer(ctx))) {
      await next();
    }
  };
}
