/**
 * The additions of the development profile: demo data, a card with the addresses, and a page that shows mails instead
 * of sending them. No other profile has them.
 */
import type { Router } from '@koa/router';
import { monotonicMilliseconds, type Clock } from '../clock.ts';
import { maskAddress } from '../connection-strings.ts';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../config/value-types.ts';
import { createShowPage } from '../http/page.ts';
import { setupLinkAddress } from '../presenters/one-time-link.ts';
import type { ApiService } from '../services/clients/apis.ts';
import type { ClientService } from '../services/clients/clients.ts';
import type { OutboxService } from '../services/mails/outbox.ts';
import type { SetupService } from '../services/users/setup.ts';
import type { UserService } from '../services/users/users.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { Views } from '../views.ts';
import { demoClientsWithSecret, demoLines, seedDemo } from './demo.ts';
import { outboxPage, outboxPath } from './outbox-page.ts';
import { localAddress, noteRunningServer } from './running-server.ts';
import { ensureDemoSecrets, ensureDemoUser, type DemoUser } from './secrets.ts';

/** The information that is printed when the server is ready. */
export interface Card {
  readonly issuer: string;
  /** The one-time link whose page creates the first administrator; absent after it was used. */
  readonly setupLink?: string;
  /** The demo user; only if no other machine can reach the server. */
  readonly demoUser?: DemoUser;
  /** Commands that work when pasted into a terminal. */
  readonly demo: readonly { readonly title: string; readonly curl: string }[];
  /** The page that shows mails, if none are sent. */
  readonly outbox?: string;
  /** The address of the database, without credentials. */
  readonly database: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly elapsedMs: number;
}

export interface Development {
  readonly pages: readonly Router[];
  /**
   * Creates the demo data at the first start, and writes a file by which commands find the server.
   * @param port on which the server listens
   * @returns the card
   * @throws StorageUnavailableError
   */
  start(port: number): Promise<Card>;
  /** Removes that file. */
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

  /** Undefined if the user was deleted or its password was changed, since the card would then be wrong. */
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
        // Behind a proxy or tunnel, the page is only shown at the local address.
        ...(config.smtp.url === undefined ? { outbox: `${isLocal ? issuer : listensAt}${outboxPath}` } : {}),
        database: maskAddress(config.database.url),
        elapsedMs: Math.round(monotonicMilliseconds()),
      };
    },
  };
}
