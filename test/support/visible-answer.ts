/** Compares what strangers see, for forms that must not tell which addresses have an account. */
import type { Page } from './browser.ts';

const ofEachAnswer = ['date', 'content-length', 'set-cookie', 'x-request-id', 'content-security-policy'];

/** What anyone can see of an answer, without the email address and the values that are random for each flow. */
export function visibleAnswer({ status, headers, html, location }: Page, email: string): unknown {
  const clean = (text: string): string =>
    text.replaceAll(/[\w-]{40,}|\/interaction\/[\w-]+|r-[\w-]+/g, '').replaceAll(email, '');
  return {
    status,
    location: clean(location ?? ''),
    headers: [...headers].filter(([name]) => !ofEachAnswer.includes(name)).map(([name, value]) => [name, clean(value)]),
    cookies: headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0]),
    html: clean(html),
  };
}
