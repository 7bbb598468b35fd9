import { expect } from 'chai';
import {
  authorize,
  createUser,
  introspect,
  redeem,
  registerApp,
  seedApis,
  archive,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';
import { onEachDatabase } from './installation.ts';

onEachDatabase(
  'gatehouse session',
  (installation) => {
    let server: TestServer;
    let stop: (() => Promise<void>) | undefined;
    let app: AppClient;
    let sub: string;

    /** Signs Ada in with a new browser. @returns an access token of that session */
    async function signIn(): Promise<unknown> {
      const authorization = await authorize(
        server,
        app,
        { scope: 'openid archive:read', resource: archive },
        openBrowser({ 'user-agent': 'Test browser' }),
      );
      return (await redeem(server, app, authorization)).body['access_token'];
    }

    before(async () => {
      const { environment } = installation();
      server = await startTestServer({ environment, port: Number(environment['PORT']) });
      stop = server.stop;
      await seedApis(server);
      sub = await createUser(server);
      app = await registerApp(server);
    });

    // Without a MongoDB server the tests are skipped and no server was started.
    after(() => stop?.());

    it('reports that a user is not signed in anywhere', async () => {
      const { gatehouse, json } = installation();
      expect((await gatehouse(['session', 'list', '--user', 'ada@example.com'])).stdout).to.equal(
        'ada@example.com is signed in nowhere.\n',
      );
      expect((await json(['session', 'list', '--user', 'ada@example.com'])).document).to.deep.equal({
        sub,
        email: 'ada@example.com',
        sessions: [],
      });
      expect((await json(['session', 'end', '--user', 'ada@example.com'])).document).to.deep.equal({
        sub,
        email: 'ada@example.com',
        ended: 0,
      });
    });

    it('lists the sessions of a user', async () => {
      await signIn();
      const { gatehouse, json } = installation();
      const { exitCode, document } = await json(['session', 'list', '--user', sub]);
      expect(exitCode).to.equal(0);
      const [session, ...more] = document['sessions'] as readonly Readonly<Record<string, unknown>>[];
      expect(more).to.deep.equal([]);
      expect(session).to.include.all.keys('id', 'signed_in_at', 'expires_at', 'remembered', 'clients');
      expect(session?.['clients']).to.deep.equal([app.clientId]);
      expect(session?.['signed_in_at']).to.be.closeTo(Date.now() / 1000, 60);
      expect((await gatehouse(['session', 'list', '--user', 'ada@example.com'])).stdout)
        .to.match(/^SESSION +SIGNED IN +ENDS UNLESS USED +CLIENTS +TOKENS LAST USED\n/)
        .and.include(String(session?.['id']));
    });

    it('lists when and from where tokens of a session were used last', async () => {
      await server.services.tokenUsage.flush();
      const { gatehouse, json } = installation();
      const { document } = await json(['session', 'list', '--user', sub]);
      const [session] = document['sessions'] as readonly Readonly<Record<string, unknown>>[];
      expect(session?.['tokens_last_used_at']).to.be.closeTo(Date.now() / 1000, 60);
      expect(session?.['tokens_last_used_from']).to.equal('127.0.0.1');
      const { stdout } = await gatehouse(['session', 'list', '--user', sub]);
      expect(stdout).to.match(/ from 127\.0\.0\.1\n/);
    });

    it('shows with a client when and how often it obtained tokens', async () => {
      await server.services.tokenUsage.flush();
      const { gatehouse, json } = installation();
      const { document } = await json(['client', 'show', app.clientId]);
      const usage = document['token_usage'] as Readonly<Record<string, unknown>>;
      expect(usage['count']).to.equal(1);
      expect(usage['last_used_at']).to.be.closeTo(Date.now() / 1000, 60);
      const { stdout } = await gatehouse(['client', 'show', app.clientId]);
      expect(stdout)
        .to.match(/\nToken requests: +1\n/)
        .and.match(/\nLast used: +20/);
      const unused = await registerApp(server, { name: 'Unused' });
      expect((await gatehouse(['client', 'show', unused.clientId])).stdout).to.match(/\nLast used: +never\n/);
      expect((await json(['client', 'show', unused.clientId])).document).not.to.have.property('token_usage');
    });

    it('ends one session, and its tokens are inactive in the running server immediately', async () => {
      const first = await signIn();
      const { json } = installation();
      const [newest] = (await json(['session', 'list', '--user', sub])).document['sessions'] as readonly {
        readonly id: string;
      }[];
      const second = await signIn();
      expect((await json(['session', 'end', '--user', sub, '--session', newest?.id ?? ''])).document).to.deep.equal({
        sub,
        email: 'ada@example.com',
        ended: 1,
      });
      expect((await introspect(server, app, first)).body).to.deep.equal({ active: false });
      expect((await introspect(server, app, second)).body).to.include({ active: true });
    });

    it('ends all sessions of a user', async () => {
      const token = await signIn();
      const { gatehouse, json } = installation();
      const sessions = (await json(['session', 'list', '--user', sub])).document['sessions'] as readonly object[];
      expect(sessions.length).to.be.greaterThan(1);
      expect((await gatehouse(['session', 'end', '--user', 'ada@example.com'])).stdout).to.equal(
        `Ended ${sessions.length} sessions of ada@example.com.\n`,
      );
      expect((await introspect(server, app, token)).body).to.deep.equal({ active: false });
      expect((await json(['session', 'list', '--user', sub])).document['sessions']).to.deep.equal([]);
    });

    it('exits with 3 for an unknown session or user, and with 2 without a user', async () => {
      const { gatehouse, json } = installation();
      expect((await json(['session', 'end', '--user', sub, '--session', 'nothing'])).document).to.have.nested.property(
        'error.code',
        'not_found',
      );
      expect((await gatehouse(['session', 'end', '--user', 'nobody@example.com'])).exitCode).to.equal(3);
      expect((await gatehouse(['session', 'list', '--user', 'nobody@example.com'])).exitCode).to.equal(3);
      expect((await gatehouse(['session', 'list'])).exitCode).to.equal(2);
    });

    it('does not end the session of another user', async () => {
      await signIn();
      const { gatehouse, json } = installation();
      await createUser(server, 'grace@example.com');
      const [session] = (await json(['session', 'list', '--user', sub])).document['sessions'] as readonly {
        readonly id: string;
      }[];
      expect(
        (await gatehouse(['session', 'end', '--user', 'grace@example.com', '--session', session?.id ?? ''])).exitCode,
      ).to.equal(3);
      expect((await json(['session', 'list', '--user', sub])).document['sessions']).to.have.length(1);
    });
  },
  { port: freePort },
);
