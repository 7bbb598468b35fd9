/**
 * The two halves of a visit to another identity provider: the redirect to it, and its answer. Used by the sign-in page
 * and by the account page.
 */
import type { Context } from 'koa';
import type { ProviderProblem } from './notices.ts';
import { InvalidInputError } from '../errors.ts';
import { UpstreamAnswerError, type UpstreamClient, type UpstreamRequest } from '../oidc/upstream-client.ts';
import { UpstreamUnavailableError } from '../oidc/upstream-configurations.ts';
import { readIdentity, type UpstreamAnswer, type UpstreamIdentity } from '../services/upstream/upstream-identity.ts';
import type { FlowOrigin, UpstreamFlow, UpstreamFlows } from '../services/upstream/upstream-flows.ts';
import type { UpstreamService } from '../services/upstream/upstreams.ts';
import type { UpstreamDocument } from '../storage/collections.ts';

/** Who signed in there, and what is known about when. */
export interface UpstreamVisit {
  readonly upstream: UpstreamDocument;
  readonly identity: UpstreamIdentity;
  /** Seconds since the epoch: when the user signed in there. 0: unknown. */
  readonly authTime: number;
  readonly idToken?: string;
}

/** The visit did not work. */
export interface FailedVisit {
  readonly problem: ProviderProblem;
}

export interface UpstreamSignIn {
  /** @returns the address at the provider */
  begin(
    upstreamId: string,
    origin: FlowOrigin,
    request: Omit<UpstreamRequest, 'flow'> & { readonly maxAge?: number | undefined },
  ): Promise<URL | FailedVisit>;
  /** Reads the answer. Undefined: it was used, or does not belong here. */
  finish(ctx: Context, upstreamId: string, origin: FlowOrigin): Promise<UpstreamVisit | FailedVisit | undefined>;
}

/** Seconds by which the clocks of this server and the provider may differ. */
const clockTolerance = 60;

export function createUpstreamSignIn(deps: {
  readonly upstreams: Pick<UpstreamService, 'find'>;
  readonly flows: UpstreamFlows;
  readonly client: UpstreamClient;
  readonly count: (upstreamId: string, outcome: 'failure' | 'unavailable') => void;
  readonly log: { warn(fields: object, message: string): void };
}): UpstreamSignIn {
  const { upstreams, flows, client, count, log } = deps;

  function failed(upstreamId: string, error: unknown): FailedVisit {
    if (error instanceof UpstreamAnswerError && error.denied) {
      return { problem: 'denied' };
    }
    const isOutage = error instanceof UpstreamUnavailableError;
    if (!isOutage && !(error instanceof UpstreamAnswerError) && !(error instanceof InvalidInputError)) {
      throw error;
    }
    count(upstreamId, isOutage ? 'unavailable' : 'failure');
    log.warn({ upstream: upstreamId, reason: error.message }, 'a sign-in with another provider failed');
    return { problem: isOutage ? 'unavailable' : 'failed' };
  }

  /** When the user signed in at the provider. Undefined: not as recently as it was asked. */
  function authTimeOf(upstream: UpstreamDocument, flow: UpstreamFlow, { authTime }: UpstreamIdentity) {
    if (authTime === undefined) {
      const isConfirmed = upstream.trustReauthentication === true;
      return flow.maxAge === undefined ? 0 : isConfirmed ? flow.startedAt : undefined;
    }
    return flow.maxAge !== undefined && authTime < flow.startedAt - flow.maxAge - clockTolerance ? undefined : authTime;
  }

  function toVisit(upstream: UpstreamDocument, flow: UpstreamFlow, answer: UpstreamAnswer) {
    const identity = readIdentity(upstream, answer);
    const authTime = authTimeOf(upstream, flow, identity);
    return authTime === undefined
      ? ({ problem: 'not-fresh' } as const)
      : {
          upstream,
          identity,
          authTime,
          ...(answer.idToken === undefined ? {} : { idToken: answer.idToken }),
        };
  }

  return {
    begin: async (upstreamId, origin, { maxAge, ...request }) => {
      const upstream = await upstreams.find(upstreamId);
      if (upstream === null) {
        return { problem: 'failed' };
      }
      const flow = await flows.begin({ upstreamId, origin, ...(maxAge === undefined ? {} : { maxAge }) });
      try {
        return await client.authorizationUrl(upstream, { ...request, flow });
      } catch (error) {
        return failed(upstreamId, error);
      }
    },

    finish: async (ctx, upstreamId, origin) => {
      const parameters = new URLSearchParams(ctx.querystring);
      const flow = await flows.consume(parameters.get('state') ?? '', upstreamId, origin);
      if (flow === null) {
        return undefined;
      }
      const upstream = await upstreams.find(upstreamId);
      if (upstream === null) {
        return { problem: 'failed' };
      }
      try {
        return toVisit(upstream, flow, await client.redeem(upstream, parameters, flow));
      } catch (error) {
        return failed(upstreamId, error);
      }
    },
  };
}
