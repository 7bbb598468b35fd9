import { expect } from 'chai';
import { onEachDatabase, password } from './installation.ts';

type Event = Readonly<Record<string, unknown>>;

onEachDatabase('gatehouse audit', (installation) => {
  async function list(...options: readonly string[]): Promise<readonly Event[]> {
    const { exitCode, document } = await installation().json(['audit', 'list', ...options]);
    expect(exitCode).to.equal(0);
    return document['events'] as readonly Event[];
  }

  before(async function seed() {
    this.timeout(60_000);
    const { json, withServices } = installation();
    await json(['user', 'create', '--email', 'ada@example.com', '--password-stdin'], password);
    await json(['user', 'create', '--email', 'grace@example.com', '--password-stdin'], password);
    await json(['client', 'create', '--id', 'prints', '--name', 'Prints', '--type', 'machine']);
    await withServices(async ({ authentication }) => {
      await authentication.signIn({ email: 'ada@example.com', password: 'not the password at all' });
      await authentication.signIn({ email: 'ada@example.com', password });
    });
  });

  it('lists events, the newest first, with actor, type, time and address (D19)', async () => {
    const events = await list();
    expect(events.map(({ type }) => type)).to.deep.equal([
      'login.success',
      'login.failure',
      'client.created',
      'user.created',
      'user.created',
    ]);
    expect(events[2]).to.include({ outcome: 'success', client_id: 'prints', actor: 'command line' });
    expect(events[0]?.['at']).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(JSON.stringify(events)).not.to.include(password).and.not.include('not the password');
  });

  it('filters the list by user, client, type and outcome', async () => {
    expect((await list('--user', 'ADA@example.com')).map(({ type }) => type)).to.deep.equal([
      'login.success',
      'login.failure',
      'user.created',
    ]);
    expect((await list('--client', 'prints')).map(({ type }) => type)).to.deep.equal(['client.created']);
    expect(await list('--type', 'user.created')).to.have.length(2);
    expect((await list('--outcome', 'failure')).map(({ type }) => type)).to.deep.equal(['login.failure']);
    expect(await list('--type', 'user.created', '--client', 'prints')).to.deep.equal([]);
  });

  it('lists the events of a deleted user by user id', async () => {
    const { json } = installation();
    const { document } = await json(['user', 'create', '--email', 'gone@example.com', '--password-stdin'], password);
    await json(['user', 'delete', 'gone@example.com']);
    const id = String(document['sub']);
    expect((await list('--user', id)).map(({ type }) => type)).to.deep.equal(['user.deleted', 'user.created']);
    expect((await json(['audit', 'list', '--user', 'gone@example.com'])).exitCode).to.equal(3);
  });

  it('filters the list by time, and rejects an invalid time with 2', async () => {
    const { json } = installation();
    expect((await list('--since', '1h')).length).to.be.greaterThan(4);
    expect(await list('--until', '1h')).to.deep.equal([]);
    expect(await list('--since', '2100-01-01')).to.deep.equal([]);
    expect((await list('--until', '2100-01-01T12:30Z')).length).to.be.greaterThan(4);
    for (const wrong of ['yesterday', '2030-13-01', '2030-01-31T25:00Z', '', '-1h', '10']) {
      const { exitCode, document } = await json(['audit', 'list', '--since', wrong]);
      expect(exitCode, wrong).to.equal(2);
      expect(document).to.have.nested.property('error.code', 'invalid_input');
    }
  });

  it('lists page by page, without a gap or a duplicate', async () => {
    const all = (await list()).map(({ id }) => id);
    const seen: unknown[] = [];
    let after: readonly string[] = [];
    for (;;) {
      const { document } = await installation().json(['audit', 'list', '--limit', '2', ...after]);
      seen.push(...(document['events'] as readonly Event[]).map(({ id }) => id));
      const { next } = document;
      if (typeof next !== 'string') {
        break;
      }
      after = ['--after', next];
    }
    expect(seen).to.deep.equal(all);
  });

  it('prints a table as text', async () => {
    const { stdout } = await installation().gatehouse(['audit', 'list', '--limit', '1', '--type', 'client.created']);
    expect(stdout)
      .to.match(/^AT +TYPE +OUTCOME +USER +CLIENT +BY +FROM +DETAIL\n/)
      .and.match(/^\d{4}-\d\d-\d\d [\d:]+ UTC +client\.created +success +- +prints +command line +- /m);
    expect((await installation().gatehouse(['audit', 'list', '--client', 'nobody'])).stdout).to.equal(
      'There is no such event.\n',
    );
  });
});
