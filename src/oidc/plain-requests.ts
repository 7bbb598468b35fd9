/**
 * Requests of clients in their plainest form: a form without anything unusual, and an id and a secret in one place that
 * need no encoding there. Almost all requests for tokens and introspection have it, and reading it takes a fraction of
 * the engine's steps, which are made for every form.
 *
 * This only recognises: it rejects nothing. A request in another form, or with a mistake, or of a client that must
 * wait or could not authenticate, is for the engine's own steps, as it came. So each condition here must be at least as
 * strict as the engine's (RFC 6749 §2.3.1; decision 47).
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Client, Provider } from 'oidc-provider';
import { hasSecret } from './client-authentication.ts';
import type { WaitOfClient } from './client-waits.ts';
import { formOf } from './form-body.ts';

/** The parameters of a form in which each is there once. */
export type PlainForm = Readonly<Record<string, string>>;

export interface PlainRequest {
  /** The client, whose secret was right. */
  readonly client: Client;
  readonly form: PlainForm;
}

/** Reads a request; undefined if its form is not plain, or the client is not authenticated. */
export type ReadPlainRequest = (ctx: Context) => Promise<PlainRequest | undefined>;

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
function credentialsOf({ headers }: IncomingMessage, form: PlainForm): Credentials | undefined {
  const { client_id: id, client_secret: secret } = form;
  if (headers.authorization !== undefined) {
    const found = secret === undefined ? basicCredentials(headers.authorization) : undefined;
    return id === undefined || id === found?.id ? found : undefined;
  }
  return id === undefined || secret === undefined || id === '' || secret === '' ? undefined : { id, secret };
}

async function plainFormOf(request: IncomingMessage): Promise<PlainForm | undefined> {
  if (otherHeaders.some((name) => request.headers[name] !== undefined)) {
    return undefined;
  }
  // A body that could not be read is rejected by the engine.
  const form = await formOf(request)?.catch(() => undefined);
  return form === undefined ||
    form['client_assertion'] !== undefined ||
    form['client_assertion_type'] !== undefined ||
    Object.values(form).some(Array.isArray)
    ? undefined
    : (form as PlainForm);
}

export function createReadPlainRequest(provider: Provider, waitOfClient: WaitOfClient): ReadPlainRequest {
  return async (ctx) => {
    const form = await plainFormOf(ctx.req);
    const credentials = form && credentialsOf(ctx.req, form);
    const client = credentials && (await provider.Client.find(credentials.id));
    const { clientAuthMethod: method } = client ?? {};
    return form !== undefined &&
      credentials !== undefined &&
      client !== undefined &&
      (method === 'client_secret_basic' || method === 'client_secret_post') &&
      waitOfClient(ctx, client.clientId) === undefined &&
      hasSecret(client, credentials.secret)
      ? { client, form }
      : undefined;
  };
}
