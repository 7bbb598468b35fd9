/**
 * What the development profile adds: demo clients and APIs, a card that says where everything is, a page that shows mails
 * instead of sending them. No other profile has any of it.
 */
import type { Router } from '@koa/router';
import { monotonicMilliseconds, type Clock } from '../clock.ts';
import { maskAddress } from '../config/describe.ts';
import type { Config } from '../config/schema.ts';
import { createShowPage } from '../http/page.ts';
import { setupLinkAddress } from '../presenters/one-time-link.ts';
import type { ApiService } from '../services/apis.ts';
import type { ClientService } from '../services/clients.ts';
import type { OutboxService } from '../services/outbox.ts';
import type { SetupService } from '../services/setup.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { Views } from '../views.ts';
import { demoClientsWithSecret, demoLines, seedDemo } from './demo.ts';
import { outboxPage, outboxPath } from './outbox-page.ts';
import { ensureDemoSecrets } from './secrets.ts';

/** What a newcomer needs to know when the server is ready. */
export interface Card {
  readonly issuer: string;
  /** The one-time link whose page makes the first administrator; absent once it was used. */
  readonly setupLink?: string;
  /** Lines that work when pasted. */
  readonly demo: readonly { readonly title: string; readonly curl: string }[];
  /** The page that shows mails, where none are sent. */
  readonly outbox?: string;
  /** Where data is kept, without credentials. */
  readonly database: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly elapsedMs: number;
}

export interface Development {
  readonly pages: readonly Router[];
  /** Seeds the demo data where there never was any, and says where everything is. @throws StorageUnavailableError */
  prepareCard(): Promise<Card>;
}

export function createDevelopment(dependencies: {
  readonly config: Config;
  readonly clock: Clock;
  readonly views: Views;
  readonly services: {
    readonly apis: ApiService;
    readonly clients: ClientService;
    readonly outbox: OutboxService;
    readonly setup: SetupService;
  };
  readonly installation: InstallationRepository;
}): Development {
  const { config, clock, views, installation } = dependencies;
  const { apis, clients, outbox, setup } = dependencies.services;
  const { issuer } = config;
  return {
    pages: [outboxPage({ outbox, show: createShowPage(views) })],
    prepareCard: async () => {
      const demoSecrets = await ensureDemoSecrets(config.data.dir, demoClientsWithSecret);
      await seedDemo({ apis, clients, installation, clock }, demoSecrets);
      const setupToken = await setup.setupLinkToken();
      return {
        issuer,
        ...(setupToken === undefined ? {} : { setupLink: setupLinkAddress(issuer, setupToken) }),
        demo: demoLines(issuer, demoSecrets),
        ...(config.smtp.url === undefined ? { outbox: `${issuer}${outboxPath}` } : {}),
        database: maskAddress(config.database.url),
        elapsedMs: Math.round(monotonicMilliseconds()),
      };
    },
  };
}
