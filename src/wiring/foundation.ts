/** Constructs what everything else uses: the clock, the log, metrics, the keys of `SECRET`, the database, the views. */
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { createSecrets } from '../crypto/secrets.ts';
import { createLogger, type Logger } from '../logging.ts';
import { createMetrics } from '../metrics.ts';
import type { Database, DatabaseOptions } from '../storage/database.ts';
import { openDatabase } from '../storage/open.ts';
import { createViews, type Brand } from '../views.ts';

export interface FoundationOptions extends Pick<DatabaseOptions, 'allowDirectConnection'> {
  /** By default a logger of `config.log`. */
  readonly logger?: Logger;
  /** The system's clock by default. */
  readonly clock?: Clock;
  /** An open database to use instead of `DATABASE_URL`. Metrics do not count its operations. */
  readonly database?: Database;
  /** Called once when the database rejects all writes until the process restarts. The reason has been logged. */
  readonly onDatabaseUnusable?: () => void;
}

export type Foundation = Awaited<ReturnType<typeof wireFoundation>>;

const viewsDirectory = fileURLToPath(new URL('../../views', import.meta.url));

function brandOf({ brand, support, privacy, terms }: Config): Brand {
  const optional = {
    logo: brand.logo,
    logoDark: brand.logoDark,
    color: brand.color,
    supportContact: support.contact,
    privacyUrl: privacy.url,
    termsUrl: terms.url,
  };
  return {
    name: brand.name,
    showName: brand.showName,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

/**
 * Opens the database without sending it a command, and compiles every view.
 * @throws ConfigurationError for an invalid database address or view
 */
export async function wireFoundation(config: Config, options: FoundationOptions = {}) {
  const clock = options.clock ?? systemClock;
  const log = options.logger ?? createLogger({ level: config.log.level });
  const metrics = createMetrics();
  const secrets = createSecrets(config.secret);
  const database =
    options.database ??
    (await openDatabase({
      url: config.database.url,
      clock,
      allowDirectConnection: options.allowDirectConnection === true,
      onClientReplaced: () =>
        log.warn('the connection to the database did not recover; it was replaced by a fresh one'),
      onOperation: metrics.countDatabaseOperation,
      onCommit: metrics.countDatabaseCommit,
      onUnusable: (error) => {
        log.fatal(
          { err: error },
          'the disk did not keep what was written to the database; nothing more is written until the process starts again',
        );
        options.onDatabaseUnusable?.();
      },
    }));
  const views = createViews({
    directory: viewsDirectory,
    ...(config.views.dir === undefined ? {} : { overrides: config.views.dir }),
    languages: config.languages,
    brand: brandOf(config),
    issuer: config.issuer,
    development: config.profile === 'development',
    clock,
  });
  return { clock, log, metrics, secrets, database, views };
}
