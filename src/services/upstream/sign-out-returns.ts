/**
 * Where users go after they have signed out of another provider, too: back to the app that asked for the logout. The
 * provider sends them to one registered address, so the app's is kept here meanwhile. With its `state` it can be longer
 * than a cookie; the cookie of the browser has only the id, which works once.
 */
import { after, type Clock } from '../../clock.ts';
import { randomToken, type Secrets } from '../../crypto/secrets.ts';
import { UnsealableError } from '../../errors.ts';
import { upstreamFlowId, type UpstreamFlowRepository } from '../../storage/repositories/upstream-flows.ts';

export interface SignOutReturns {
  /** @returns the id, 256 random bits */
  keep(upstreamId: string, address: string): Promise<string>;
  /** The address of an id. Undefined: it is unknown, was used, or has expired. */
  take(id: string): Promise<string | undefined>;
}

/** Seconds. */
const lifetime = 600;

/** Different from that of a sign-in, so that neither can be used as the other. */
function associatedData(id: string): string {
  return `sign-out ${upstreamFlowId(id)}`;
}

export function createSignOutReturns(deps: {
  readonly flows: UpstreamFlowRepository;
  readonly secrets: Secrets;
  readonly clock: Clock;
}): SignOutReturns {
  const { flows, secrets, clock } = deps;
  return {
    keep: async (upstreamId, address) => {
      const id = randomToken();
      await flows.insert(id, {
        upstreamId,
        sealedContent: secrets.seal(address, associatedData(id)),
        createdAt: clock.now(),
        expiresAt: after(clock, lifetime),
      });
      return id;
    },
    take: async (id) => {
      const document = await flows.find(id);
      if (document === null) {
        return undefined;
      }
      try {
        const address = secrets.unseal(document.sealedContent, associatedData(id));
        return (await flows.consume(document)) ? address : undefined;
      } catch (error) {
        if (error instanceof UnsealableError) {
          return undefined;
        }
        throw error;
      }
    },
  };
}
