/** The outbox page of the development profile: shows mails instead of sending them, to local requests only. */
import { Router } from '@koa/router';
import { NotFoundError } from '../errors.ts';
import { developersOnly } from '../http/middleware/developers-only.ts';
import { readMailContent } from '../services/mails/mail.ts';
import type { OutboxService } from '../services/mails/outbox.ts';
import type { ShowPage } from '../http/page.ts';

export const outboxPath = '/development/outbox';
const maxMails = 100;

export function outboxPage(deps: { readonly outbox: OutboxService; readonly show: ShowPage }): Router {
  const { outbox, show } = deps;
  const router = new Router();
  router.use(developersOnly);

  router.get(outboxPath, async (ctx) => {
    const entries = await outbox.list({ limit: maxMails, kind: 'mail' });
    const mails = await Promise.all(
      entries.map(async (entry) => {
        const message = await outbox.show(entry.id);
        const content = message === null ? undefined : readMailContent(message.content);
        const { id, status, createdAt, attempts, lastError } = entry;
        return {
          id,
          status,
          createdAt,
          attempts,
          to: content?.to ?? '',
          subject: content?.subject ?? '',
          ...(lastError === undefined ? {} : { lastError }),
        };
      }),
    );
    show(ctx, 'development/outbox', { mails });
  });

  router.get(`${outboxPath}/:id`, async (ctx) => {
    const message = await outbox.show(String(ctx['params']['id']));
    if (message === null || message.kind !== 'mail') {
      throw new NotFoundError('There is no such mail.');
    }
    const { to, subject, text, html } = readMailContent(message.content);
    show(ctx, 'development/mail', { id: message.id, to, subject, text, html, createdAt: message.createdAt });
  });

  return router;
}
