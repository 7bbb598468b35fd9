/**
 * What the development profile adds: demo clients and APIs, a card that says where everything is, a page that shows mails
 * instead of sending them. No other profile has any of it.
 */
import type { Router } from '@koa/router';
import { monotonicMilliseconds, type Clock } from '../clock.ts';
import { maskAddress } from '../connection-strings.ts';
import type { Config } from '../config/schema.ts';
import { isLoopback } from '../config/value-types.ts';
import { createShowPage } from '../http/page.ts';
import { setupLinkAddress } from '../presenters/one-time-link.ts';
import type { ApiService } from '../services/apis.ts';
import type { ClientService } from '../services/clients.ts';
import type { OutboxService } from '../services/outbox.ts';
import type { SetupService } from '../services/setup.ts';
import type { UserService } from '../services/users.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { Views } from '../views.ts';
import { demoClientsWithSecret, demoLines, seedDemo } from './demo.ts';
import { outboxPage, outboxPath } from './outbox-page.ts';
import { localAddress, noteRunningServer } from './running-server.ts';
import { ensureDemoSecrets, ensureDemoUser, type DemoUser } from './secrets.ts';

/** What a newcomer needs to know when the server is ready. */
export interface Card {
  readonly issuer: string;
  /** The one-time link whose page makes the first administrator; absent once it was used. */
  readonly setupLink?: string;
  /** Somebody to sign in as, where only this machine can reach the server. */
  readonly demoUser?: DemoUser;
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
  /**
   * Seeds the demo data where there never was any, notes for commands where the server is, and says where everything is.
   * @param port that it listens on
   * @throws StorageUnavailableError
   */
  start(port: number): Promise<Card>;
  /** Removes the note. */
  stop(): void;
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
    readonly users: UserService;
  };
  readonly installation: InstallationRepository;
}): Development {
  const { config, clock, views, installation } = dependencies;
  const { apis, clients, outbox, setup, users } = dependencies.services;
  const { issuer } = config;
  const isLocal = isLoopback(new URL(issuer));
  let removeNote: (() => void) | undefined;

  /** None once it was deleted or its password changed: the card would be wrong. */
  async function demoUserIfThere(user: DemoUser | undefined): Promise<DemoUser | undefined> {
    const found = user === undefined ? null : await users.findByEmail(user.email);
    return found !== null && found.passwordChangedAt?.getTime() === found.createdAt.getTime() ? user : undefined;
  }

  return {
    pages: [outboxPage({ outbox, show: createShowPage(views) })],
    stop: () => removeNote?.(),
    start: async (port) => {
      const demoSecrets = await ensureDemoSecrets(config.data.dir, demoClientsWithSecret);
      const user = isLocal ? await ensureDemoUser(config.data.dir, config.password.minimumLength) : undefined;
      await seedDemo({ apis, clients, users, installation, clock }, demoSecrets, user);
      const demoUser = await demoUserIfThere(user);
      const listensAt = localAddress(config.host, port);
      removeNote = await noteRunningServer(config.data.dir, { issuer, listensAt, databaseUrl: config.database.url });
      const setupToken = await setup.setupLinkToken();
      return {
        issuer,
        ...(setupToken === undefined ? {} : { setupLink: setupLinkAddress(issuer, setupToken) }),
        ...(demoUser === undefined ? {} : { demoUser }),
        demo: demoLines(issuer, demoSecrets),
        // Behind a proxy or tunnel the page is shown under this machine's own name only.
        ...(config.smtp.url === undefined ? { outbox: `${isLocal ? issuer : listensAt}${outboxPath}` } : {}),
        database: maskAddress(config.database.url),
        elapsedMs: Math.round(monotonicMilliseconds()),
      };
    },
  };
}
