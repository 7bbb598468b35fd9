/**
 * A sign-in with another provider, from our redirect to its answer. Its `state` finds it, works once, and is bound to
 * the interaction or the login session from which it was started, and so to its browser.
 */
import { after, toEpochSeconds, type Clock } from '../../clock.ts';
import { randomToken, type Secrets } from '../../crypto/secrets.ts';
import { UnsealableError } from '../../errors.ts';
import { upstreamFlowId, type UpstreamFlowRepository } from '../../storage/repositories/upstream-flows.ts';
import type { UpstreamFlowDocument } from '../../storage/collections.ts';

/** Where the answer belongs: a sign-in, or linking on the account page. */
export interface FlowOrigin {
  readonly kind: 'interaction' | 'session';
  /** The uid of the interaction, or of the login session. */
  readonly uid: string;
}

export interface UpstreamFlow {
  readonly upstreamId: string;
  readonly origin: FlowOrigin;
  readonly state: string;
  readonly nonce: string;
  /** The PKCE verifier (RFC 7636). */
  readonly verifier: string;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  /** The user must have signed in at the provider at most so many seconds before the start. Undefined: at any time. */
  readonly maxAge?: number;
}

export interface UpstreamFlows {
  begin(start: Pick<UpstreamFlow, 'upstreamId' | 'origin' | 'maxAge'>): Promise<UpstreamFlow>;
  /** Returns the flow of a `state`, and does not use it up; null for another or a used one. */
  peek(state: string): Promise<UpstreamFlow | null>;
  /** The same, if it was started from here. Exactly one of several callers, in any number of processes, gets it. */
  consume(state: string, upstreamId: string, origin: FlowOrigin): Promise<UpstreamFlow | null>;
}

/** Seconds. A user may have to sign up at the provider first. */
export const upstreamFlowLifetime = 15 * 60;

export function createUpstreamFlows(deps: {
  readonly flows: UpstreamFlowRepository;
  readonly secrets: Secrets;
  readonly clock: Clock;
}): UpstreamFlows {
  const { flows, secrets, clock } = deps;

  function open({ _id, upstreamId, sealedContent }: UpstreamFlowDocument, state: string): UpstreamFlow | null {
    try {
      const content = JSON.parse(secrets.unseal(sealedContent, _id)) as Omit<UpstreamFlow, 'upstreamId' | 'state'>;
      return { ...content, upstreamId, state };
    } catch (error) {
      // It was encrypted with a secret that is not listed any more: the user starts again.
      if (error instanceof UnsealableError) {
        return null;
      }
      throw error;
    }
  }

  return {
    begin: async ({ upstreamId, origin, maxAge }) => {
      const [state, nonce, verifier] = [randomToken(), randomToken(), randomToken()];
      const startedAt = toEpochSeconds(clock.now());
      const content = { origin, nonce, verifier, startedAt, ...(maxAge === undefined ? {} : { maxAge }) };
      await flows.insert(state, {
        upstreamId,
        sealedContent: secrets.seal(JSON.stringify(content), upstreamFlowId(state)),
        createdAt: clock.now(),
        expiresAt: after(clock, upstreamFlowLifetime),
      });
      return { ...content, upstreamId, state };
    },
    peek: async (state) => {
      const document = await flows.find(state);
      return document === null ? null : open(document, state);
    },
    consume: async (state, upstreamId, origin) => {
      const document = await flows.find(state);
      const flow = document === null ? null : open(document, state);
      if (
        document === null ||
        flow === null ||
        flow.upstreamId !== upstreamId ||
        flow.origin.kind !== origin.kind ||
        flow.origin.uid !== origin.uid
      ) {
        return null;
      }
      return (await flows.consume(document)) ? flow : null;
    },
  };
}
