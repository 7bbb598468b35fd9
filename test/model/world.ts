/** The real system that the model is compared with: two instances on one database, behind a load balancer. */
import { createLogger } from '../../src/logging.ts';
import { createMovableClock, type MovableClock } from '../../src/testing/movable-clock.ts';
import type { ServerAddress } from '../support/app.ts';
import { startReverseProxy } from '../support/reverse-proxy.ts';
import { freePort, type TestServer, type TestServerOptions } from '../support/server.ts';

export type DatabaseName = 'sqlite' | 'mongodb';

/** One of the two server processes; here, both run in this process. */
export interface Instance {
  readonly name: string;
  /** Requests to this address reach this instance. */
  readonly address: ServerAddress;
  readonly services: TestServer['services'];
}

export interface World {
  readonly database: DatabaseName;
  /** The address of the load balancer, which is what browsers and guards know. */
  readonly issuer: string;
  readonly instances: readonly [Instance, Instance];
  /** The time of both instances. */
  readonly clock: MovableClock;
  /** The same in seconds since the epoch. */
  now(): number;
  /** From now on, the load balancer sends all requests to this instance. */
  routeTo(instance: Instance): void;
  /** What the instances have logged as errors since the last call. */
  takeErrors(): readonly string[];
  close(): Promise<void>;
}

/** Thousands of requests come from one address, and wrong passwords are none of the subjects of the model. */
const withoutLimits = {
  LIMIT_PAGES_PER_ADDRESS: '0',
  LIMIT_ENDPOINTS_PER_ADDRESS: '0',
  LIMIT_ENDPOINTS_PER_CLIENT: '0',
  LIMIT_INTERACTIONS_PER_ADDRESS: '0',
  PASSWORD_HASH_QUEUE_LIMIT: '1000',
  THROTTLE_ADDRESS_FREE: '100000',
  THROTTLE_PAIR_FREE: '100',
  THROTTLE_ACCOUNT_FREE: '100',
  SECOND_FACTOR: 'optional',
  SHUTDOWN_DRAIN: '0s',
};

/** @param start starts one server; without `databaseUrl` on a new database */
export async function openWorld(start: (options: TestServerOptions) => Promise<TestServer>): Promise<World> {
  const clock = createMovableClock();
  const errors: string[] = [];
  const ports = [await freePort(), await freePort()] as const;
  let routedTo: number = ports[0];
  const balancer = await startReverseProxy(() => routedTo);
  const options: TestServerOptions = {
    clock,
    // The engine reads `Date.now`: in a request, that is the time of the clock.
    around: [(_ctx, next) => clock.run(0, next)],
    logger: createLogger({ level: 'error', destination: { write: (line) => errors.push(line.slice(0, 2000)) } }),
  };
  const environment = { ...withoutLimits, ISSUER: balancer.origin };
  const first = await start({ ...options, environment, port: ports[0] });
  const { DATABASE_URL: databaseUrl = '', SECRET = '' } = first.environment;
  const second = await start({ ...options, environment: { ...environment, SECRET }, databaseUrl, port: ports[1] });
  const { host } = new URL(balancer.origin);
  const proxies = [await startReverseProxy(ports[0], host), await startReverseProxy(ports[1], host)] as const;
  const instances = [
    { name: 'instance 1', address: { issuer: proxies[0].origin }, services: first.services },
    { name: 'instance 2', address: { issuer: proxies[1].origin }, services: second.services },
  ] as const;

  return {
    database: databaseUrl.startsWith('mongodb') ? 'mongodb' : 'sqlite',
    issuer: balancer.origin,
    instances,
    clock,
    now: () => clock.now().getTime() / 1000,
    routeTo: (instance) => {
      routedTo = instance === instances[0] ? ports[0] : ports[1];
    },
    takeErrors: () => errors.splice(0),
    close: async () => {
      for (const each of [balancer, ...proxies, first, second]) {
        await each.stop();
      }
    },
  };
}
