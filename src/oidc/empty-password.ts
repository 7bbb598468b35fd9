/**
 * Public clients that send HTTP Basic with their id and an empty password, as some libraries do for a client without a
 * secret. RFC 6749 §2.3.1 lets such a client send its id in the body; here both forms mean the same.
 */
import type { IncomingMessage } from 'node:http';
import type { Middleware, Next } from 'koa';
import type { Provider } from 'oidc-provider';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import { onBodyRead } from './engine-internals.ts';
import { basicCredentials } from './request-client.ts';
import { requestContext } from './request-context.ts';

/** The id of each request whose header was accepted. */
const accepted = new WeakMap<IncomingMessage, string>();

/** Removes the header of a public client with an empty password. All other requests go to the engine as they came. */
export function acceptEmptyPasswords(clients: Pick<ClientRepository, 'find'>): Middleware {
  async function acceptPublicClient(request: IncomingMessage, clientId: string, next: Next): Promise<void> {
    const client = await clients.find(clientId);
    if (client?.authMethod === 'none') {
      delete request.headers.authorization;
      accepted.set(request, client._id);
    }
    await next();
  }

  return function acceptEmptyPassword({ req }, next) {
    const authenticates = requestContext(req).endpoint?.clientAuthentication === true;
    const credentials = authenticates ? basicCredentials(req.headers.authorization) : undefined;
    return credentials?.password === '' ? acceptPublicClient(req, credentials.name, next) : next();
  };
}

/**
 * Puts the id of the removed header into the body. A body that names another client stays as it is, and both are
 * rejected: then the header is given back.
 */
export function nameClientOfHeader(provider: Provider): void {
  onBodyRead(provider, (ctx, body) => {
    const clientId = accepted.get(ctx.req);
    if (clientId === undefined) {
      return;
    }
    if (body['client_id'] === undefined) {
      body['client_id'] = clientId;
    } else if (body['client_id'] !== clientId) {
      ctx.req.headers.authorization = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:`).toString('base64')}`;
    }
  });
}
