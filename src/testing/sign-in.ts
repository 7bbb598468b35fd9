/**
 * Signs a user in on the pages of a test server: as a browser without scripts does it, or in a page of Playwright. All
 * that is shown on the way is allowed.
 */
import type { HttpClient, Reply } from './http-client.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The part of Playwright's `Page` that is used; so Playwright is not a dependency. */
export interface PlaywrightPage {
  url(): string;
  waitForURL(url: (url: URL) => boolean): Promise<void>;
  locator(selector: string): {
    count(): Promise<number>;
    fill(value: string): Promise<void>;
    click(): Promise<void>;
  };
}

/** Whether it is a page, and not an address. */
export function isPage(target: PlaywrightPage | string | URL): target is PlaywrightPage {
  // From JavaScript it may be anything.
  return typeof (target as Partial<PlaywrightPage> | null)?.waitForURL === 'function';
}

/** The pages of a sign-in by the end of their form's address, and how they are answered. */
const answers = {
  login: ({ email, password }: Credentials) => ({ email, password }),
  consent: () => ({ decision: 'allow' }),
  // Not the user who happens to be signed in.
  'select-account': () => ({ choice: 'another' }),
} satisfies Readonly<Record<string, (user: Credentials) => Readonly<Record<string, string>>>>;
type PageKind = keyof typeof answers;
const kinds = Object.keys(answers) as readonly PageKind[];

/** Pages and redirects of one sign-in; more of them are a loop. */
const maxSteps = 30;

function failed(what: string, user: Credentials): Error {
  return new Error(`${user.email} could not be signed in: ${what}`);
}

/** The text of a page in one line. */
function textOf(html: string): string {
  return html
    .replace(/^[^]*<main[^>]*>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}

interface Form {
  readonly kind: PageKind;
  readonly action: string;
  readonly csrf: string;
}

/** The first form that a sign-in has to submit. */
function findForm(html: string): Form | undefined {
  for (const [, action = '', content = ''] of html.matchAll(/<form\b[^>]*\baction="([^"]*)"[^>]*>([^]*?)<\/form>/g)) {
    const kind = kinds.find((one) => action.endsWith(`/${one}`));
    if (kind !== undefined) {
      return { kind, action, csrf: /name="csrf" value="([^"]*)"/.exec(content)?.[1] ?? '' };
    }
  }
  return undefined;
}

/**
 * Opens the address of an authorization request, signs the user in and allows everything.
 * @param headers of every request
 * @returns the address at the app to which the browser is sent at the end
 * @throws Error with the text of the page, if there is no way on
 */
export async function signInByHttp(
  client: HttpClient,
  authorizationUrl: string,
  user: Credentials,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const cookies = new Map<string, string>();
  const submitted = new Set<PageKind>();
  const { origin } = new URL(authorizationUrl);

  async function send(url: string, form?: Readonly<Record<string, string>>): Promise<Reply> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await client.send(url, {
      ...(form === undefined ? {} : { form }),
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...headers },
    });
    for (const line of reply.cookies) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? [];
      if (value === '') {
        cookies.delete(name);
      } else {
        cookies.set(name, value);
      }
    }
    return reply;
  }

  let url = authorizationUrl;
  let reply = await send(url);
  for (let step = 0; step < maxSteps; step += 1) {
    const next = reply.location === undefined ? undefined : new URL(reply.location, url);
    if (next !== undefined && next.origin !== origin) {
      return next.href;
    }
    if (next !== undefined) {
      url = next.href;
      reply = await send(url);
      continue;
    }
    const form = reply.status === 200 ? findForm(reply.body) : undefined;
    if (form === undefined || submitted.has(form.kind)) {
      throw failed(`${url} answered ${reply.status}: ${textOf(reply.body)}`, user);
    }
    submitted.add(form.kind);
    url = new URL(form.action, url).href;
    reply = await send(url, { csrf: form.csrf, ...answers[form.kind](user) });
  }
  throw failed(`there is no end after ${maxSteps} pages`, user);
}

/**
 * Waits until the page is one of the server, then signs the user in and allows everything. Returns when the browser is
 * at the app again, or at another page of the server that asks for nothing.
 */
export async function signInByPage(page: PlaywrightPage, issuer: string, user: Credentials): Promise<void> {
  const isHere = (url: URL): boolean => url.origin === new URL(issuer).origin;
  const submitted = new Set<PageKind>();
  await page.waitForURL(isHere);
  while (isHere(new URL(page.url()))) {
    const here = page.url();
    const kind = await findKind(page);
    if (kind === undefined) {
      return;
    }
    if (submitted.has(kind)) {
      throw failed(`the page ${here} is shown again`, user);
    }
    submitted.add(kind);
    const form = `form[action$="/${kind}"]`;
    if (kind === 'login') {
      const email = page.locator(`${form} [name="email"]:not([readonly])`);
      if ((await email.count()) > 0) {
        await email.fill(user.email);
      }
      await page.locator(`${form} [name="password"]`).fill(user.password);
    }
    await page.locator(`${form} button${kind === 'select-account' ? '[value="another"]' : '.primary'}`).click();
    await page.waitForURL((url) => url.href !== here);
  }
}

async function findKind(page: PlaywrightPage): Promise<PageKind | undefined> {
  for (const kind of kinds) {
    if ((await page.locator(`form[action$="/${kind}"]`).count()) > 0) {
      return kind;
    }
  }
  return undefined;
}
