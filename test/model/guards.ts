/** The APIs: two guards of each, so that both instances have readers of their revocation feeds. */
import { guard } from '../../src/guard/index.ts';
import { machineOf } from './registrations.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

export interface ApiGuard {
  readonly name: string;
  /** The identifier of the API. */
  readonly api: string;
  /** The status with which the API answers a request with this token that needs this scope. */
  statusFor(token: string, scope: string): Promise<number>;
  close(): void;
}

/** Resolves when all of them have read the revocations. */
export async function openGuards({ issuer, instances, clock, routeTo }: World, { apps }: State): Promise<ApiGuard[]> {
  const guards: ApiGuard[] = [];
  for (const instance of instances) {
    // A stream stays at the instance that it began with. Everything else goes where other requests go.
    routeTo(instance);
    for (const [api, machine] of Object.entries(machineOf)) {
      const { clientId = '', secret: clientSecret = '' } = apps.get(machine)?.client ?? {};
      const it = guard({
        issuer,
        audience: api,
        introspection: { clientId, clientSecret },
        // The clock moves by hours without a message of the feed.
        maxStaleness: 3600,
        now: () => clock.now().getTime(),
        onTrouble: () => undefined,
      }).fetch();
      await it.ready();
      guards.push({
        name: `the guard of ${api} at the feed of ${instance.name}`,
        api,
        statusFor: async (token, scope) => {
          const request = new Request(api, { headers: { authorization: `Bearer ${token}` } });
          return (await it.require(scope)(() => new Response())(request)).status;
        },
        close: () => it.close(),
      });
    }
  }
  return guards;
}
