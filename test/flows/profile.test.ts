import { expect } from 'chai';
import { createUser, signIn } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('the profile page', (start) => {
  let server: TestServer;
  let email: string;
  let ada: string;
  let browser: Browser;
  let count = 0;

  before(async () => {
    server = await start();
  });

  beforeEach(async () => {
    count += 1;
    email = `ada${count}@example.com`;
    ada = await createUser(server, email);
    browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
  });

  const profileOf = async () => (await server.services.users.find(ada))?.profile;

  async function save(values: Readonly<Record<string, string>>): Promise<Page> {
    return browser.submit(await browser.visit(`${server.issuer}/account/profile`), '/account/profile', values);
  }

  it('saves every standard claim that a user may edit (OpenID Connect Core §5.1), and removes emptied ones', async () => {
    const saved = await save({
      name: 'Ada King',
      given_name: 'Ada',
      middle_name: 'Augusta',
      family_name: 'King',
      nickname: 'Ada',
      gender: 'female',
      birthdate: '1815-12-10',
      locale: 'de',
      zoneinfo: 'Europe/London',
      profile: 'https://ada.example/me',
      picture: 'https://ada.example/me.png',
      website: 'https://ada.example/',
      phone_number: '+44 20 1234567',
      'address.street_address': '12 St James’s Square\r\nWest',
      'address.locality': 'London',
    });
    expect(saved.url).to.equal(`${server.issuer}/account/profile`);
    expect(saved.html, 'in the language that was chosen').to.include('Ihr Profil ist gespeichert.');
    expect(await profileOf()).to.deep.equal({
      name: 'Ada King',
      given_name: 'Ada',
      middle_name: 'Augusta',
      family_name: 'King',
      nickname: 'Ada',
      gender: 'female',
      birthdate: '1815-12-10',
      locale: 'de',
      zoneinfo: 'Europe/London',
      profile: 'https://ada.example/me',
      picture: 'https://ada.example/me.png',
      website: 'https://ada.example/',
      phone_number: '+44 20 1234567',
      address: { street_address: '12 St James’s Square\nWest', locality: 'London' },
    });
    await save({ name: 'Ada', locale: 'en', zoneinfo: '', 'address.street_address': '', 'address.locality': '' });
    const profile = await profileOf();
    expect(profile).to.include({ name: 'Ada', locale: 'en' });
    expect(profile).to.not.have.any.keys('zoneinfo', 'address');
  });

  it('sets nothing that is not a field of the page: no verified flag, role, group, email or user name', async () => {
    await save({
      name: 'Ada',
      phone_number: '+44 20 1234567',
      email: 'root@example.com',
      email_verified: 'true',
      emailVerified: 'true',
      phone_number_verified: 'true',
      phoneNumberVerified: 'true',
      preferred_username: 'root',
      role: 'administrator',
      groups: 'staff',
      sub: 'usr_x',
      disabled: 'true',
      __proto__: 'x',
      'address.verified': 'yes',
    });
    const user = await server.services.users.find(ada);
    expect(user).to.include({ email, role: 'user', disabled: false });
    expect(user?.phoneNumberVerified ?? false).to.equal(false);
    expect(user?.groups ?? []).to.deep.equal([]);
    expect(user?.profile).to.deep.equal({ name: 'Ada', phone_number: '+44 20 1234567' });
  });

  it('takes the verification from a phone number that changes, and keeps it otherwise', async () => {
    await server.services.users.update(
      ada,
      { profile: { phone_number: '+441234567890' }, phoneNumberVerified: true },
      { actor: 'system' },
    );
    await save({ nickname: 'A', name: 'Ada' });
    expect((await server.services.users.find(ada))?.phoneNumberVerified).to.equal(true);
    await save({ name: 'Ada', phone_number: '+441234567891' });
    expect((await server.services.users.find(ada))?.phoneNumberVerified).to.equal(false);
  });

  it('names what is not valid, and keeps what was filled in', async () => {
    for (const [field, value] of [
      ['birthdate', '31.12.1990'],
      ['phone_number', '12'],
      ['website', 'javascript:alert(1)'],
      ['picture', 'ada.png'],
      ['zoneinfo', 'Mars/Olympus'],
      ['name', 'x'.repeat(600)],
    ] as const) {
      const page = await save({ nickname: 'kept', [field]: value });
      expect(page.status, field).to.equal(400);
      expect(page.html, field).to.include('This is not valid').and.include('value="kept"');
      if (field !== 'zoneinfo') {
        expect(page.html, field).to.match(new RegExp(`name="${field}"[^>]*aria-invalid="true"`));
      }
    }
    expect(await profileOf()).to.deep.equal({ name: 'Ada Lovelace' });
  });

  it('is audited with the names of the claims', async () => {
    await save({ name: 'Ada', nickname: 'A' });
    const [event] = await server.services.audit.list({ limit: 1, accountId: ada, type: 'user.updated' });
    expect(event?.detail).to.deep.equal({ fields: 'name nickname' });
    expect(event?.actor).to.equal(ada);
  });
});
