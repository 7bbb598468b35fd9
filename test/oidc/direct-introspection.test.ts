import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import type { Client, Provider } from 'oidc-provider';
import { digest } from '../../src/crypto/secrets.ts';
import { answerIntrospectionDirectly } from '../../src/oidc/direct-introspection.ts';
import { createReadPlainRequest } from '../../src/oidc/plain-requests.ts';
import { endpoints } from '../../src/oidc/endpoints.ts';
import { setRequestContext, type RequestContext } from '../../src/oidc/request-context.ts';

const form = 'application/x-www-form-urlencoded';

/** Sends a request to the short way alone. @returns who answers it */
async function answeredBy(
  request: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly wait?: number } = {},
): Promise<string> {
  const { headers = {}, body = 'token=x', wait } = request;
  const client = {
    clientId: 'api',
    clientAuthMethod: 'client_secret_basic',
    gatehouse_secret_digests: [digest('right')],
  } as unknown as Client;
  const provider = {
    Client: { find: (id: string) => Promise.resolve(id === 'api' ? client : undefined) },
  } as unknown as Provider;
  const app = new Koa();
  app.use((ctx, next) => {
    setRequestContext(ctx.req, { endpoint: endpoints.introspection, requestId: 'id' } as unknown as RequestContext);
    return next();
  });
  const readPlainRequest = createReadPlainRequest(provider, () => wait);
  app.use(answerIntrospectionDirectly({ describeToken: async () => undefined, readPlainRequest }));
  app.use((ctx) => {
    ctx.body = 'the engine';
  });
  const listener = app.listen(0, '127.0.0.1');
  try {
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/introspect`, {
      method: 'POST',
      headers: { 'content-type': form, ...headers },
      body,
    });
    const text = await response.text();
    return text === '{"active":false}' ? 'the short way' : text;
  } finally {
    listener.close();
  }
}

function basic(credentials: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

describe('the short way of introspection', () => {
  it('answers a client with the right secret, in the header or in the body', async () => {
    expect(await answeredBy({ headers: basic('api:right') })).to.equal('the short way');
    expect(await answeredBy({ body: 'token=x&client_id=api&client_secret=right' })).to.equal('the short way');
  });

  const left: Readonly<Record<string, Parameters<typeof answeredBy>[0]>> = {
    'a wrong secret': { headers: basic('api:wrong') },
    'an unknown client': { headers: basic('other:right') },
    'a client that must wait': { headers: basic('api:right'), wait: 1 },
    'an origin': { headers: { ...basic('api:right'), origin: 'https://app.example' } },
    'two secrets': { headers: basic('api:right'), body: 'token=x&client_id=api&client_secret=right' },
    'an assertion': { headers: basic('api:right'), body: 'token=x&client_assertion=y' },
    'an attestation': { headers: { ...basic('api:right'), 'oauth-client-attestation': 'y' } },
    'a repeated parameter': { headers: basic('api:right'), body: 'token=x&token=y' },
    'no token': { headers: basic('api:right'), body: 'token=' },
    'another type': { headers: { ...basic('api:right'), 'content-type': 'application/json' }, body: '{}' },
    'credentials that are encoded': { headers: basic('api:r%69ght') },
    'another id in the body': { headers: basic('api:right'), body: 'token=x&client_id=other' },
  };
  for (const [title, request] of Object.entries(left)) {
    it(`leaves ${title} to the engine`, async () => {
      expect(await answeredBy(request)).to.equal('the engine');
    });
  }
});
