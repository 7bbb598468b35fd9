import { expect } from 'chai';
import { authorizationUrl } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { describeInBrowser, openAccount, password, registerVisitorApp, signIn } from './world.ts';

describeInBrowser('A wait, in a browser', (world) => {
  it('after a submit is shown on the button and announced to screen readers; the form is sent once, with its button', async () => {
    const { server, landing, createUser, visit } = world();
    const { email } = await createUser();
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    const { page } = await visit();
    // Playwright cannot query the page during a navigation, so the page itself logs its state.
    await page.addInitScript(`addEventListener('submit', (event) => setTimeout(() => console.log(JSON.stringify({
      prevented: event.defaultPrevented,
      button: document.querySelector('button[data-sending]').innerText,
      status: document.querySelector('[role=status]').textContent,
    }))));`);
    const states: string[] = [];
    page.on('console', (message) => states.push(message.text()));
    await page.goto(authorizationUrl(server, app).url);
    await signIn(page, email);
    const allow = page.getByRole('button', { name: 'Allow', exact: true });
    await allow.waitFor();
    const sent: (string | null)[] = [];
    await page.route('**/consent', async (route) => {
      sent.push(route.request().postData());
      await eventually(async () => expect(states).to.have.length(2));
      await route.continue();
    });
    states.length = 0;
    await allow.dblclick({ noWaitAfter: true });
    await page.waitForURL(`${landing.url}/**`);
    const state = { button: 'Allow', status: 'One moment, please.' };
    expect(states.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      { prevented: false, ...state },
      { prevented: true, ...state },
    ]);
    expect(sent).to.have.length(1);
    expect(sent[0]).to.include('decision=allow');
  });

  it('that ends without an answer lets the form be sent again', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const visitor = await visit();
    const { page } = visitor;
    await page.clock.install();
    await openAccount(world(), page, email);
    let failures = 1;
    await page.route('**/account/sign-out', (route) => {
      failures -= 1;
      return failures >= 0 ? route.fulfill({ status: 204 }) : route.continue();
    });
    const signOut = page.getByRole('button', { name: 'Sign out', exact: true });
    await signOut.click({ noWaitAfter: true });
    await page.locator('button[data-sending]').waitFor();
    await page.clock.runFor(10_000);
    await page.locator('button[data-sending]').waitFor({ state: 'detached' });
    await signOut.click();
    await page.waitForURL(`${issuer}/`);
  });

  it('after too many attempts is counted down, and its end is announced', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await page.clock.install();
    await page.goto(`${issuer}/account`);
    // Time passes in the browser only when the test says so.
    await page.clock.pauseAt(Date.now() + 60_000);
    for (let time = 0; time < 6; time += 1) {
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password', { exact: true }).fill('not the password at all');
      const shown = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await shown;
    }
    const wait = page.getByText('You can try again');
    const left = Number(await wait.getAttribute('data-wait'));
    expect(left).to.be.within(5, 30);
    expect(await wait.innerText()).to.equal(`You can try again in ${left} seconds.`);
    expect(await wait.getAttribute('aria-live'), 'not announced each second').to.equal('off');
    await page.clock.runFor(3000);
    expect(await wait.innerText()).to.equal(`You can try again in ${left - 3} seconds.`);
    await page.clock.runFor((left - 3) * 1000);
    expect(await wait.innerText()).to.equal('You can try again now.');
    expect(await wait.getAttribute('aria-live')).to.equal('polite');
  });

  it('needs no scripts: pages and forms work without them', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit({ javaScriptEnabled: false });
    await page.goto(`${issuer}/account`);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('You are signed out.').waitFor();
  });
});
