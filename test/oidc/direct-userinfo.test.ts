import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import type { Provider } from 'oidc-provider';
import { answerUserinfoDirectly, type DirectUserinfoDependencies } from '../../src/oidc/direct-userinfo.ts';
import { endpoints } from '../../src/oidc/endpoints.ts';
import { setRequestContext, type RequestContext } from '../../src/oidc/request-context.ts';

interface Request {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is stored of the token; null: there is none. */
  readonly token?: Readonly<Record<string, unknown>> | null;
  readonly ended?: boolean;
  readonly hasClient?: boolean;
  readonly hasUser?: boolean;
  readonly wait?: number;
}

/** Sends a request to the short way alone. @returns who answers it */
async function answeredBy(request: Request = {}): Promise<string> {
  const { token = {}, headers = { authorization: 'Bearer value' }, wait } = request;
  const client = { clientId: 'app' };
  const user = { accountId: 'ada', claims: () => ({ sub: 'ada', name: 'Ada' }) };
  const provider = {
    Client: { find: async () => (request.hasClient === false ? undefined : client) },
    Claims: class {
      scope() {}
      mask() {}
      rejected() {}
      result() {
        return 'the short way';
      }
    },
  } as unknown as Provider;
  const grant = {
    getOIDCClaimsFiltered: () => [],
    getRejectedOIDCClaims: () => [],
    getOIDCScopeFiltered: () => 'openid',
  };
  const found = { clientId: 'app', accountId: 'ada', scopes: ['openid'], payload: { scope: 'openid' }, ...token };
  const app = new Koa();
  app.use((ctx, next) => {
    setRequestContext(ctx.req, { endpoint: endpoints.userinfo, requestId: 'id' } as unknown as RequestContext);
    return next();
  });
  app.use(
    answerUserinfoDirectly(provider, {
      userinfoTokens: {
        find: async (value: string) => (token === null || value !== 'value' ? undefined : found),
        findGrant: async () => (request.ended === true ? undefined : grant),
      },
      findProvenAccount: async (accountId: string, proof: unknown) =>
        request.hasUser === false || accountId !== 'ada' || proof !== grant ? undefined : user,
      waitOfClient: () => wait,
    } as unknown as DirectUserinfoDependencies),
  );
  app.use((ctx) => {
    ctx.body = 'the engine';
  });
  const listener = app.listen(0, '127.0.0.1');
  try {
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/userinfo${request.query ?? ''}`, {
      method: request.method ?? 'GET',
      headers,
    });
    return await response.text();
  } finally {
    listener.close();
  }
}

const authorization = 'Bearer value';

describe('the short way of userinfo', () => {
  it('answers a request that has only a valid token', async () => {
    expect(await answeredBy()).to.equal('the short way');
    expect(await answeredBy({ headers: { authorization, accept: 'text/html' } })).to.equal('the short way');
  });

  const left: Readonly<Record<string, Request>> = {
    'no token': { headers: {} },
    'another scheme': { headers: { authorization: 'DPoP value' } },
    'a scheme in small letters': { headers: { authorization: 'bearer value' } },
    'two spaces': { headers: { authorization: 'Bearer  value' } },
    'a query': { query: '?scope=openid' },
    'a token in the query': { query: '?access_token=value' },
    'a POST': { method: 'POST' },
    'an origin': { headers: { authorization, origin: 'https://app.example' } },
    'a proof of possession': { headers: { authorization, dpop: 'x' } },
    'an unknown token': { token: null },
    'a token for an API': { token: { payload: { scope: 'openid', aud: 'https://api.example' } } },
    'a token without openid': { token: { scopes: ['email'], payload: { scope: 'email' } } },
    'a token without a client': { token: { clientId: undefined } },
    'a token whose grant has ended': { ended: true },
    'a token of a deleted client': { hasClient: false },
    'a client that must wait': { wait: 1 },
    'a user who is not found': { hasUser: false },
  };
  for (const [title, request] of Object.entries(left)) {
    it(`leaves ${title} to the engine`, async () => {
      expect(await answeredBy(request)).to.equal('the engine');
    });
  }
});
