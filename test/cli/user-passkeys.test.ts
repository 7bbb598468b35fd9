import { expect } from 'chai';
import { readMailContent } from '../../src/services/mails/mail.ts';
import { createAuthenticator } from '../support/authenticator.ts';
import { onEachDatabase, type Installation } from './installation.ts';

const by = { actor: 'system' } as const;

/** Adds passkeys to a new user. @returns their ids */
async function addPasskeys({ issuer, withServices }: Installation, email: string, names: readonly string[]) {
  return withServices(async ({ users, passkeys }) => {
    const user = await users.create({ email }, by);
    const ids: string[] = [];
    for (const name of names) {
      const options = await passkeys.creationOptions(user, 'session');
      const response = createAuthenticator().make(options, { origin: issuer });
      ids.push((await passkeys.register(user, { response, binding: 'session', name }, by))._id);
    }
    return ids;
  });
}

onEachDatabase('gatehouse user passkeys', (installation) => {
  it('lists the passkeys of a user', async () => {
    const { json, gatehouse } = installation();
    const [id] = await addPasskeys(installation(), 'ada@example.com', ['Laptop']);
    const { exitCode, document } = await json(['user', 'passkeys', 'ada@example.com']);
    expect(exitCode).to.equal(0);
    const [passkey] = document['passkeys'] as readonly Record<string, unknown>[];
    expect(passkey).to.include({ id, name: 'Laptop', can_be_synchronised: true, synchronised: true });
    expect(JSON.stringify(document)).to.not.include('ublicKey');
    const { stdout } = await gatehouse(['user', 'passkeys', 'ada@example.com']);
    expect(stdout)
      .to.match(/^ID +NAME +STATE +ADDED +LAST USED$/m)
      .and.match(/Laptop +synchronised .*never$/m);
  });

  it('removes one passkey, or all of them, and notifies the user', async () => {
    const { json, gatehouse, withServices } = installation();
    const ids = await addPasskeys(installation(), 'grace@example.com', ['One', 'Two', 'Three']);
    expect((await gatehouse(['user', 'remove-passkey', 'grace@example.com', ids[0] ?? ''])).stdout).to.include(
      'Removed from grace@example.com: "One".',
    );
    const { document } = await json(['user', 'remove-passkey', 'grace@example.com', '--all']);
    expect((document['removed'] as readonly unknown[]).length).to.equal(2);
    expect((await gatehouse(['user', 'passkeys', 'grace@example.com'])).stdout).to.include('has no passkey');
    const mails = await withServices(async ({ outbox }) => {
      const entries = await outbox.list({ limit: 100, kind: 'mail' });
      return Promise.all(entries.map(async ({ id }) => readMailContent((await outbox.show(id))?.content)));
    });
    const subjects = mails.filter(({ to }) => to === 'grace@example.com').map(({ subject }) => subject);
    expect(subjects.filter((subject) => /added/.test(subject))).to.have.length(3);
    expect(subjects.filter((subject) => /removed/.test(subject))).to.have.length(3);
    const [event] = await withServices(({ audit }) => audit.list({ limit: 1 }));
    expect(event).to.include({ type: 'passkey.removed', actor: 'command line' });
  });

  it('refuses to remove without a passkey or --all, with both, or an unknown one', async () => {
    const { gatehouse } = installation();
    await addPasskeys(installation(), 'mary@example.com', ['One']);
    expect((await gatehouse(['user', 'remove-passkey', 'mary@example.com'])).exitCode).to.equal(2);
    expect((await gatehouse(['user', 'remove-passkey', 'mary@example.com', 'pk_x', '--all'])).exitCode).to.equal(2);
    const { exitCode, stderr } = await gatehouse(['user', 'remove-passkey', 'mary@example.com', 'pk_x']);
    expect(exitCode).to.equal(3);
    expect(stderr).to.include('The user has no such passkey.');
  });
});
