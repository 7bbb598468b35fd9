/** What a user does in a browser without scripts: opens a page, and fills in the forms that appear. */
import { asks, password } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';

export const user = { email: 'ada@example.com', name: 'Ada Lovelace' } as const;

const maxPages = 20;

function failed({ url, status, html }: Page): Error {
  return new Error(`${url} answered ${status}: ${html.replaceAll(/\s+/g, ' ').slice(0, 3000)}`);
}

/** What the user types into a page of Gatehouse, and what is chosen on it. */
function answerTo(page: Page): Readonly<Record<string, string>> {
  switch (asks(page)) {
    case 'sign-in':
      return { email: user.email, password };
    case 'consent':
      return { decision: 'allow' };
    default:
      return {};
  }
}

export interface UserOfApp {
  readonly browser: Browser;
  /** Opens a page: follows redirects, to other servers too, and stops at the first page. */
  open(url: string): Promise<Page>;
  /**
   * Opens a page and submits the forms of all pages that follow: of Gatehouse, and of the app where it asks before it
   * sends the user on.
   * @param isEnd recognises the page at which to stop; by default the first one without a form
   * @throws when a page is an error
   */
  complete(url: string, isEnd?: (page: Page) => boolean): Promise<Page>;
}

/** A user with a new browser. */
export function newUser(): UserOfApp {
  const browser = openBrowser();

  async function follow(first: Page): Promise<Page> {
    let page = first;
    for (let hop = 0; hop < maxPages && page.location !== undefined; hop += 1) {
      page = await browser.visit(page.location);
    }
    return page;
  }

  const open = async (url: string): Promise<Page> => follow(await browser.visit(url));

  return {
    browser,
    open,
    complete: async (url, isEnd = () => false) => {
      let page = await open(url);
      for (let count = 0; count < maxPages; count += 1) {
        if (page.status >= 400) {
          throw failed(page);
        }
        const [form] = page.forms;
        if (form === undefined || isEnd(page)) {
          return page;
        }
        const { pathname } = new URL(form.action, page.url);
        page = await follow(await browser.submit(page, pathname, answerTo(page)));
      }
      throw new Error(`after ${maxPages} forms there is still one on ${page.url}`);
    },
  };
}
