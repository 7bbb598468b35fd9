/** What the tests of other identity providers share. */
import type { KeyObject } from 'node:crypto';
import type { NewUpstream } from '../../src/services/upstream/upstreams.ts';
import type { UpstreamDocument } from '../../src/storage/collections.ts';
import { authorizationUrl, registerApp, seedApis, type AppClient, type AuthorizationRequest } from './app.ts';
import type { AppleProvider } from './apple-provider.ts';
import type { Browser, Page } from './browser.ts';
import { startOauth2Provider, type Oauth2Provider } from './oauth2-provider.ts';
import { startOpenidProvider, type OpenidProvider } from './openid-provider.ts';
import type { TestServer } from './server.ts';

const by = { actor: 'command line' } as const;

export function registerOpenid(
  { services }: Pick<TestServer, 'services'>,
  provider: Pick<OpenidProvider, 'issuer' | 'clientId' | 'secret'>,
  more: Partial<NewUpstream> = {},
): Promise<UpstreamDocument> {
  const { issuer, clientId, secret } = provider;
  return services.upstreams.create(
    { id: 'staff', name: 'Staff', protocol: 'oidc', issuer, clientId, secret, ...more },
    by,
  );
}

/** @param keys the client's ids at Apple, and its private key */
export function registerApple(
  { services }: Pick<TestServer, 'services'>,
  { issuer }: Pick<AppleProvider, 'issuer'>,
  keys: {
    readonly clientId: string;
    readonly teamId: string;
    readonly keyId: string;
    readonly privateKey: KeyObject;
  },
): Promise<UpstreamDocument> {
  const { clientId, teamId, keyId, privateKey } = keys;
  return services.upstreams.create(
    {
      id: 'apple',
      name: 'Apple',
      protocol: 'oidc',
      issuer,
      authMethod: 'apple',
      clientId,
      secret: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      appleTeamId: teamId,
      appleKeyId: keyId,
      scopes: ['openid', 'email'],
      createUsers: true,
      authoritativeFor: ['*'],
    },
    by,
  );
}

export function registerOauth2(
  { services }: Pick<TestServer, 'services'>,
  { origin, clientId, secret }: Oauth2Provider,
  more: Partial<NewUpstream> = {},
): Promise<UpstreamDocument> {
  return services.upstreams.create(
    {
      id: 'hub',
      name: 'Hub',
      protocol: 'oauth2',
      authorizationEndpoint: `${origin}/authorize`,
      tokenEndpoint: `${origin}/token`,
      userinfoEndpoint: `${origin}/user`,
      emailsEndpoint: `${origin}/emails`,
      clientId,
      secret,
      authMethod: 'client_secret_post',
      scopes: ['read:user'],
      claims: [
        { name: 'sub', from: 'id' },
        { name: 'preferred_username', from: 'login' },
      ],
      ...more,
    },
    by,
  );
}

/** A server with an app, at which users sign in with an OpenID provider (`staff`) and an OAuth 2 provider (`hub`). */
export interface ServerWithProviders {
  readonly server: TestServer;
  readonly app: AppClient;
  readonly provider: OpenidProvider;
  readonly hub: Oauth2Provider;
}

/** @param registered settings of the two providers at the server */
export async function startWithProviders(
  start: () => Promise<TestServer>,
  registered: { readonly staff: Partial<NewUpstream>; readonly hub: Partial<NewUpstream> },
): Promise<ServerWithProviders> {
  const server = await start();
  await seedApis(server);
  const app = await registerApp(server, { firstParty: true });
  const provider = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/staff/callback` });
  const hub = await startOauth2Provider();
  await registerOpenid(server, provider, registered.staff);
  await registerOauth2(server, hub, registered.hub);
  return { server, app, provider, hub };
}

/** Opens the sign-in page of an app's request, and posts the button of a provider. @returns the address there */
export async function leave(
  server: TestServer,
  app: AppClient,
  browser: Browser,
  id: string,
  request: AuthorizationRequest = {},
): Promise<string> {
  const page = await browser.visit(authorizationUrl(server, app, request).url);
  const left = await browser.submit(page, `/upstream/${id}`);
  if (left.location === undefined) {
    throw new Error(`no redirect to the provider: ${left.status} ${left.html.slice(0, 1500)}`);
  }
  return left.location;
}

/** The text of an alert of a page. */
export function alertOf({ html }: Page): string {
  return (/role="alert"[^>]*><p>([^<]*)/.exec(html)?.[1] ?? '').replaceAll('&#39;', "'");
}
