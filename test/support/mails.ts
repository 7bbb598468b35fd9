/** Reads the mails that a server has sent. */
import { readMailContent, type MailContent } from '../../src/services/mails/mail.ts';
import type { TestServer } from './server.ts';

/** Delivers the requests of the outbox, and returns its mails, the newest first. */
export async function mailsOf({ services }: Pick<TestServer, 'services'>): Promise<readonly MailContent[]> {
  await services.outbox.deliverDue();
  const entries = await services.outbox.list({ limit: 200, kind: 'mail' });
  const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
  return messages.flatMap((message) => (message === null ? [] : [readMailContent(message.content)]));
}

/** The link of a mail to one of the pages, such as `sign-up`; empty if it has none. */
export function linkIn(mail: MailContent | undefined, ...pages: readonly string[]): string {
  return new RegExp(`http\\S*/(?:${pages.join('|')})/[\\w-]+`).exec(mail?.text ?? '')?.[0] ?? '';
}

/** The code of six digits of a mail; empty if it has none. */
export function codeIn(mail: MailContent | undefined): string {
  return /^\s*(\d{6})\s*$/m.exec(mail?.text ?? '')?.[1] ?? '';
}
