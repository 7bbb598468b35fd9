/** A minimal browser: keeps cookies, reads and submits the forms of a page, follows redirects only where asked. */

export interface Form {
  readonly action: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly location: string | undefined;
  readonly forms: readonly Form[];
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export interface Browser {
  readonly cookies: Map<string, string>;
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Page>;
  post(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Page>;
  /** Gets a page, and follows redirects that stay on the same origin. */
  visit(url: string): Promise<Page>;
  /** Submits the form whose action ends with `action`, with these values, and follows redirects as `visit` does. */
  submit(page: Page, action: string, values?: Readonly<Record<string, string>>): Promise<Page>;
  /** The number of stored cookies, on all paths. */
  cookieCount(): number;
  /** Copies the cookies of another browser whose names match: a site on a sibling subdomain can set such cookies. */
  plant(from: Browser, names: RegExp): void;
  readonly jar: ReadonlyMap<string, Cookie>;
  /** Another browser with the same cookies: for a test of stolen or planted cookies. */
  copy(): Browser;
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag);
  return value === null ? undefined : unescapeHtml(value[1] ?? value[2] ?? '');
}

function readForms(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, tag = '', content = '']) => {
    const fields: Record<string, string> = {};
    // Fields elsewhere on the page belong to the form that they name by its id.
    const id = attribute(tag, 'id');
    const outside = [...html.matchAll(/<input\b[^>]*>/gi)]
      .map(([input]) => input)
      .filter((input) => id !== undefined && attribute(input, 'form') === id);
    const inside = [...content.matchAll(/<input\b[^>]*>/gi)].map(([input]) => input);
    for (const input of [...inside, ...outside]) {
      const name = attribute(input, 'name');
      const type = attribute(input, 'type');
      const isSent = type !== 'submit' && (type !== 'checkbox' || (outside.includes(input) && / checked/.test(input)));
      if (name !== undefined && isSent) {
        fields[name] = attribute(input, 'value') ?? '';
      }
    }
    return {
      action: attribute(tag, 'action') ?? '',
      method: (attribute(tag, 'method') ?? 'get').toLowerCase(),
      fields,
    };
  });
}

/** @param defaults headers of every request, such as `Accept-Language` */
export function openBrowser(
  defaults: Readonly<Record<string, string>> = {},
  initial: ReadonlyMap<string, Cookie> = new Map(),
): Browser {
  const jar = new Map<string, Cookie>(initial);
  const cookies = new Map<string, string>([...initial.values()].map(({ name, value }) => [name, value]));

  function storeCookies(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/';
      const expires = attributes.find((text) => /^expires=/i.test(text))?.slice(8);
      const key = `${name};${path}`;
      if (value === '' || (expires !== undefined && Date.parse(expires) <= Date.now())) {
        jar.delete(key);
        cookies.delete(name);
      } else {
        jar.set(key, { name, value, path });
        cookies.set(name, value);
      }
    }
  }

  function cookieHeader(url: string): string {
    const { pathname } = new URL(url);
    return [...jar.values()]
      .filter(({ path }) => path === '/' || pathname === path || pathname.startsWith(`${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  async function request(
    url: string,
    init: { readonly method?: string; readonly body?: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Page> {
    const cookie = cookieHeader(url);
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html,application/xhtml+xml',
        ...defaults,
        ...(cookie === '' ? {} : { cookie }),
        ...init.headers,
      },
    });
    storeCookies(response.headers);
    const html = await response.text();
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      headers: response.headers,
      html,
      location: location === null ? undefined : new URL(location, url).href,
      forms: readForms(html),
    };
  }

  const get: Browser['get'] = (url, headers = {}) => request(url, { headers: { ...headers } });
  const post: Browser['post'] = (url, fields, headers = {}) =>
    request(url, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
    });

  async function follow(first: Page): Promise<Page> {
    let page = first;
    for (let hop = 0; hop < 15; hop += 1) {
      if (page.location === undefined || new URL(page.location).origin !== new URL(page.url).origin) {
        return page;
      }
      page = await get(page.location);
    }
    throw new Error('too many redirects');
  }

  return {
    cookies,
    get,
    post,
    visit: async (url) => follow(await get(url)),
    cookieCount: () => jar.size,
    jar,
    plant: (from, names) => {
      for (const [key, cookie] of from.jar) {
        if (names.test(cookie.name)) {
          jar.set(key, cookie);
          cookies.set(cookie.name, cookie.value);
        }
      }
    },
    copy: () => openBrowser(defaults, jar),
    submit: async (page, action, values = {}) => {
      const form = page.forms.find((candidate) => new URL(candidate.action, page.url).pathname.endsWith(action));
      if (form === undefined) {
        throw new Error(`no form posts to …${action} on ${page.url} (${page.status}): ${page.html.slice(0, 2000)}`);
      }
      return follow(await post(new URL(form.action, page.url).href, { ...form.fields, ...values }));
    },
  };
}
