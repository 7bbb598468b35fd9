/** The tests of a library that protects an API: the same for all (see README.md). */
import { expect } from 'chai';
import { callAs, obtain, registerApp, type AppClient } from '../support/app.ts';
import { describeApp, type App } from './app-suite.ts';
import { user } from './user.ts';

export interface Api extends Pick<App, 'package' | 'file' | 'variant'> {
  readonly tokenFormat: 'jwt' | 'opaque';
  /** The signature of JWTs; by default ES256. The app has it in `TOKEN_ALG`. */
  readonly tokenAlg?: 'ES256' | 'RS256';
  /** By which claim of the token or of introspection it knows the caller: it answers with it. */
  readonly knows: 'sub' | 'username';
  /** The command that creates its client, without its API. It is not used where the tokens are JWTs. */
  readonly command?: string;
}

interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
}

/** Declares the tests of a library that protects an API. */
export function describeApi({
  tokenFormat,
  tokenAlg = 'ES256',
  knows,
  command = 'client create --name API --type machine',
  ...app
}: Api): void {
  const format = tokenFormat === 'jwt' ? `jwt --token-alg ${tokenAlg}` : tokenFormat;
  const commands = (origin: string): readonly string[] => [
    `api create --identifier ${origin}/notes --name Notes --token-format ${format} --scope notes:read=Read --scope notes:write=Write`,
    `api create --identifier ${origin}/photos --name Photos --token-format ${format} --scope notes:read=Read`,
    `${command} --api ${origin}/notes`,
  ];

  describeApp({ ...app, commands, environment: { TOKEN_ALG: tokenAlg } }, (running) => {
    let machine: AppClient;
    let web: AppClient;

    before('register the apps that call the API', async () => {
      const { server, origin } = running();
      const apis = [`${origin}/notes`, `${origin}/photos`];
      machine = await registerApp(server, { type: 'machine', apis });
      web = await registerApp(server, { apis });
    });

    const call = (token?: string): Promise<Response> =>
      fetch(`${running().origin}/notes`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

    async function ofUser(scope = 'notes:read', path = '/notes'): Promise<Tokens> {
      const { server, origin } = running();
      return (await obtain(server, web, { scope: `openid ${scope}`, resource: origin + path })) as unknown as Tokens;
    }

    async function ofMachine(): Promise<string> {
      const { server, origin } = running();
      const fields = { grant_type: 'client_credentials', scope: 'notes:read', resource: `${origin}/notes` };
      return String((await callAs(server, machine, '/token', fields)).body['access_token']);
    }

    async function expectRejected(token: string | undefined, status: 401 | 403): Promise<void> {
      const response = await call(token);
      expect(response.status, await response.text()).to.equal(status);
      if (status === 401) {
        expect(response.headers.get('www-authenticate'), 'RFC 6750 §3').to.match(/^Bearer\b/i);
      }
    }

    it('answers an app of a user, and knows the user', async () => {
      const response = await call((await ofUser()).access_token);
      expect(response.status).to.equal(200);
      expect(await response.json()).to.deep.equal({ [knows]: knows === 'sub' ? running().userId : user.email });
    });

    it('answers a machine', async () => {
      const response = await call(await ofMachine());
      expect(response.status).to.equal(200);
      expect(await response.json()).to.deep.equal({ [knows]: knows === 'sub' ? machine.clientId : null });
    });

    it('rejects a call without a token', () => expectRejected(undefined, 401));

    it('rejects a token that is none', () => expectRejected('nothing', 401));

    it('rejects a token without the scope', async () => {
      await expectRejected((await ofUser('notes:write')).access_token, 403);
    });

    it('rejects a token of another API', async () => {
      await expectRejected((await ofUser('notes:read', '/photos')).access_token, 401);
    });

    it('rejects an ID token', async () => {
      await expectRejected((await ofUser()).id_token, 401);
    });

    if (tokenFormat === 'opaque') {
      it('rejects a revoked token', async () => {
        const token = await ofMachine();
        await callAs(running().server, machine, '/revoke', { token });
        await expectRejected(token, 401);
      });
    }
  });
}
