import { expect } from 'chai';
import { readMailContent } from '../../src/services/mails/mail.ts';
import { describeOnEachDatabase, wireUserServices, type TemporaryDatabase } from '../support/user-services.ts';

const by = { actor: 'command line' } as const;
const photos = 'https://photos.example/api';
const day = 86_400;

describeOnEachDatabase('Mails about personal access tokens that expire', (open) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: string;

  beforeEach(async () => {
    temporary = await open();
    services = await wireUserServices(temporary);
    await services.apis.create(
      {
        identifier: photos,
        name: 'Photos',
        tokenFormat: 'jwt',
        personalTokens: true,
        scopes: [{ value: 'photos:read', description: 'Read' }],
      },
      by,
    );
    ada = (await services.users.create({ email: 'ada@example.com', profile: { locale: 'de' } }, by))._id;
  });
  afterEach(() => temporary.close());

  const create = (name: string, expiresIn: number) =>
    services.personalAccessTokens.create(
      ada,
      { name, access: [{ api: photos, scopes: ['photos:read'] }], expiresIn },
      by,
    );

  async function mails(): Promise<readonly string[]> {
    const entries = await services.outbox.list({ limit: 100, kind: 'mail' });
    const contents = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
    return contents.map((one) => readMailContent(one?.content).text);
  }

  it('are sent a week before, once, in the language of the user, and are audited', async () => {
    await create('nightly backup', 30 * day);
    temporary.clock.advance(23 * day - 1);
    expect(await services.reminders.remindDue()).to.equal(0);
    temporary.clock.advance(1);
    expect(await services.reminders.remindDue()).to.equal(1);
    expect(await services.reminders.remindDue()).to.equal(0);
    const [text, ...more] = await mails();
    expect(more).to.deep.equal([]);
    expect(text)
      .to.include('„nightly backup“')
      .and.include('ada@example.com')
      .and.include('31. Januar 2030')
      .and.include('https://login.example.org/account')
      .and.not.include('<time');
    const [event] = await services.audit.list({ limit: 1 });
    expect(event).to.deep.include({ type: 'personal_access_token.expiry_mailed', accountId: ada, actor: 'system' });
  });

  it('are sent once by several instances at the same time, for many tokens', async function many() {
    this.timeout(20_000);
    const others = await Promise.all(
      [1, 2].map(async () => wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock })),
    );
    for (let count = 0; count < 30; count += 1) {
      await create(`token ${count}`, 10 * day);
    }
    temporary.clock.advance(4 * day);
    const sent = await Promise.all([services, ...others].map(({ reminders }) => reminders.remindDue()));
    expect(sent.reduce((sum, one) => sum + one, 0)).to.equal(30);
    expect(new Set(await mails()).size).to.equal(30);
    expect(await mails()).to.have.length(30);
  });

  it('are not sent for a token that was made for a week or less, was revoked, or has expired', async () => {
    await create('short', 7 * day);
    const { token } = await create('revoked', 8 * day);
    await services.personalAccessTokens.revoke(token.id, by);
    await create('late', 8 * day);
    temporary.clock.advance(9 * day);
    expect(await services.reminders.remindDue()).to.equal(0);
    expect(await mails()).to.deep.equal([]);
  });

  it('are sent late when no server ran at the right time', async () => {
    await create('late', 30 * day);
    temporary.clock.advance(29 * day);
    expect(await services.reminders.remindDue()).to.equal(1);
  });
});
