import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { manualClock } from '../../src/clock.ts';
import { createViews, type ViewModels, type ViewName } from '../../src/views.ts';
import { authorizationUrl } from '../support/app.ts';
import { sampleContext, sampleNow, viewSamples } from '../support/view-samples.ts';
import { appearances, expectAccessible, expectToFit, findings, phone } from './accessibility.ts';
import { describeInBrowser, registerVisitorApp, signIn } from './world.ts';

const views = createViews({
  directory: fileURLToPath(new URL('../../views', import.meta.url)),
  brand: { name: 'Gatehouse' },
  development: true,
  clock: manualClock(sampleNow),
});

const rightToLeft = createViews({
  directory: fileURLToPath(new URL('../../views', import.meta.url)),
  brand: { name: 'Gatehouse' },
  development: false,
  clock: manualClock(sampleNow),
});

describeInBrowser('The checks of appearance', (world) => {
  it('find a button without a name, low contrast, and a page that is too wide', async () => {
    const { issuer, visit } = world();
    const { page } = await visit();
    await page.goto(issuer);
    await page.evaluate(
      `document.querySelector('main').append(Object.assign(document.createElement('button'), { className: 'quiet' }))`,
    );
    expect((await findings(page)).join()).to.include('button-name');
    await page.evaluate(`document.querySelector('main h1').style.color = '#ddd'`);
    expect((await findings(page)).join()).to.include('color-contrast');
    await page.evaluate(
      `document.querySelector('main').style.width = '400px'; document.querySelector('main a.button').style.minHeight = document.querySelector('main a.button').style.padding = '1px'`,
    );
    let failure = '';
    await expectToFit(page, 'a page that does not fit').catch((error: unknown) => {
      failure = String(error);
    });
    expect(failure).to.include('width of a page that does not fit');
  });
});

describeInBrowser('Every page of the server', (world) => {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
  };

  for (const [name, samples] of Object.entries(viewSamples) as [
    ViewName,
    Readonly<Record<string, ViewModels[ViewName]>>,
  ][]) {
    it(`${name} is accessible in light and dark, on phone and desktop, and fits`, async () => {
      const { issuer, visit } = world();
      const { page, context } = await visit();
      let html = '';
      await context.route(`${issuer}/sample`, (route) => route.fulfill({ headers, body: html }));
      for (const [index, [sample, model]] of Object.entries(samples).entries()) {
        html = views.render(
          name,
          { ...sampleContext, assetsPath: '/assets', basePath: '', locale: index % 2 === 0 ? 'en' : 'de' },
          model,
        );
        // This server does not have the stylesheet of the theme, and a form that submits itself would leave the page.
        html = html.replace(/<link rel="stylesheet" href="\/assets\/theme[^>]*>/, '').replace(' data-auto-submit', '');
        await page.goto(`${issuer}/sample`);
        // The first sample is checked in all appearances, each other sample in one of them, in turn.
        await expectAccessible(
          page,
          `${name} (${sample})`,
          index === 0 ? appearances : appearances.slice(index % 4, (index % 4) + 1),
        );
        await expectToFit(page, `${name} (${sample})`);
      }
    });
  }

  it('interaction/consent shows its buttons without scrolling, even below a long list, and they never cover the focused element (WCAG 2.2, 2.4.11)', async () => {
    const { issuer, visit } = world();
    const { page, context } = await visit();
    const html = views.render(
      'interaction/consent',
      { ...sampleContext, client: { ...sampleContext.client, color: '#17594f' }, basePath: '' },
      viewSamples['interaction/consent']['long'] ?? viewSamples['interaction/consent'].complete,
    );
    await context.route(`${issuer}/sample`, (route) =>
      route.fulfill({ headers, body: html.replace(/<link rel="stylesheet" href="\/assets\/theme[^>]*>/, '') }),
    );
    // A phone, and a desktop at 100 % and at 200 %.
    for (const viewport of [
      { width: 390, height: 700 },
      { width: 1280, height: 720 },
      { width: 640, height: 360 },
    ]) {
      await page.setViewportSize(viewport);
      await page.goto(`${issuer}/sample`);
      const size = `${viewport.width} x ${viewport.height}`;
      expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight'), size).to.be.above(100);
      for (const name of ['Allow', 'Do not allow']) {
        await page.evaluate('scrollTo(0, 0)');
        const box = await page.getByRole('button', { name, exact: true }).boundingBox();
        expect((box?.y ?? 0) + (box?.height ?? 0), `${name} at ${size}`).to.be.at.most(viewport.height);
      }
      const covered = await page.evaluate(`[...document.querySelectorAll('main a, main summary, main button')]
        .filter((element) => element.getClientRects().length > 0)
        .filter((element) => {
          scrollTo(0, 0);
          element.focus();
          const { x, y, width, height } = element.getBoundingClientRect();
          return !element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        })
        .map((element) => element.textContent)`);
      expect(covered, `covered at ${size}`).to.deep.equal([]);
    }
  });

  it('is mirrored, is accessible and fits in a language that is written from right to left', async () => {
    const { issuer, visit } = world();
    const { page, context } = await visit();
    let html = '';
    await context.route(`${issuer}/sample`, (route) => route.fulfill({ headers, body: html }));
    const inArabic = { locale: 'ar-EG', assetsPath: '/assets', client: { name: 'Prints' } };
    const open = async (body: string): Promise<void> => {
      html = body;
      await page.setViewportSize(phone);
      await page.goto(`${issuer}/sample`);
    };
    /** The horizontal centres of elements. */
    const centres = (...selectors: readonly string[]): Promise<readonly number[]> =>
      Promise.all(
        selectors.map(async (selector) => {
          const box = await page.locator(selector).first().boundingBox();
          return box === null ? Number.NaN : box.x + box.width / 2;
        }),
      );

    await open(rightToLeft.render('interaction/login', inArabic, viewSamples['interaction/login'].complete));
    const [reveal = 0, field = 0, checkbox = 0, label = 0] = await centres(
      'button[data-reveal]',
      '#current-password',
      '.check input',
      '.check span',
    );
    expect(reveal, 'the button in the field').to.be.below(field);
    expect(checkbox, 'the checkbox').to.be.above(label);
    await expectAccessible(page, 'login in Arabic', appearances.slice(0, 2));
    await expectToFit(page, 'login in Arabic');

    await open(rightToLeft.render('interaction/consent', inArabic, viewSamples['interaction/consent'].complete));
    const [allow = 0, deny = 0, avatar = 0, userName = 0] = await centres(
      'button[value=allow]',
      'button[value=deny]',
      '.avatar',
      '.who',
    );
    expect(allow, 'Allow').to.be.above(deny);
    expect(avatar, 'the picture of the user').to.be.above(userName);
    await expectAccessible(page, 'consent in Arabic', appearances.slice(2, 4));
    await expectToFit(page, 'consent in Arabic');
  });

  it('as the server sends it, is accessible and fits', async () => {
    const { server, issuer, createUser, visit } = world();
    const { email } = await createUser({ name: 'Grace Hopper' });
    const { page } = await visit();
    const check = async (what: string): Promise<void> => {
      await page.waitForLoadState('load');
      await expectAccessible(page, what, appearances.slice(0, 2));
      await expectToFit(page, what);
    };
    const app = await registerVisitorApp(world(), { name: 'Letters', color: '#c2410c' });
    await page.goto(issuer);
    await check('the front page');
    await page.goto(
      authorizationUrl(server, app, {
        scope: 'openid profile email offline_access photos:read',
        resource: 'http://127.0.0.1:4003',
      }).url,
    );
    await check('the sign-in page');
    await signIn(page, email);
    await page.locator('button[value=allow]').waitFor();
    await check('the consent page');
    for (const section of ['', '/profile', '/data', '/security', '/activity', '/sessions', '/apps', '/tokens']) {
      await page.goto(`${issuer}/account${section}`);
      await check(`the page of the account ${section}`);
    }
    await page.goto(`${issuer}/logout`);
    await check('the sign-out page');
    await page.goto(`${issuer}/development/outbox`);
    await check('the outbox');
    await page.goto(authorizationUrl(server, { ...app, redirectUri: 'https://elsewhere.example/callback' }).url);
    await check('an error page');
  });
});

describeInBrowser('The pages of the examples', (world) => {
  it('are accessible in light and dark, on phone and desktop, and fit', async () => {
    const { prints, calendar, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    const check = async (what: string): Promise<void> => {
      await expectAccessible(page, what);
      await expectToFit(page, what);
    };
    await page.goto(prints);
    await check('Prints, signed out');
    await page.getByRole('link', { name: 'Connect your photos' }).click();
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByTestId('photos').waitFor();
    await check('Prints, signed in');
    await page.goto(`${prints}/callback?state=unknown`);
    await check('a problem in Prints');
    await page.goto(calendar);
    await check('Calendar, signed out');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByTestId('week').waitFor();
    await page.getByText('About this session').click();
    await check('Calendar, signed in');
  });
});
