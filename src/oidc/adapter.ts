/**
 * The engine's storage adapter, on top of our repositories. They also guarantee what the engine leaves to its adapter:
 * single use is one conditional update, concurrent changes of a session are merged, values that callers present are
 * stored as digests, and documents are kept for the engine's clock tolerance beyond their expiry.
 */
import { Provider, errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { after, toEpochSeconds, type Clock } from '../clock.ts';
import type { RevocationService } from '../services/tokens/revocation.ts';
import type { Revocations } from '../services/tokens/revocations.ts';
import { authorizationsOf, withoutApps } from '../storage/repositories/login-session-payload.ts';
import type { LoginSessionRepository } from '../storage/repositories/login-sessions.ts';
import type { OidcPayloadRepository, Payload } from '../storage/repositories/oidc-payloads.ts';
import { agreesWithAccount, withoutVoidLogin, type LoginFacts } from './credentials-version.ts';
import { isRotating } from './engine-internals.ts';
import type { FlowCookies } from './flow-cookies.ts';
import { readOrigin } from './tokens/origin.ts';
import { copyOfGrant } from './grant-copy.ts';
import { sessionForCode } from './session-of-code.ts';

export interface AdapterDependencies extends LoginFacts {
  readonly payloads: OidcPayloadRepository;
  readonly sessions: LoginSessionRepository;
  readonly flows: Pick<FlowCookies, 'holds'>;
  /** Ends a login session. The engine itself ends the grants of the clients in `handled` and notifies them. */
  readonly endSession: RevocationService['endSession'];
  /** Ends what an app has from a login session that it leaves. */
  readonly endAppOfSession: RevocationService['endAppOfSession'];
  /** Ends a grant with everything under it. */
  readonly endGrant: RevocationService['endGrant'];
  /** Grants that have ended, and apps that have left a session, also if that could not be stored. */
  readonly revocations: Pick<Revocations, 'has'>;
  readonly clock: Clock;
  /** Seconds. */
  readonly clockTolerance: number;
}

/** Creates the factory that the engine calls once for each of its models. */
export function createAdapterFactory(deps: AdapterDependencies): (model: string) => Adapter {
  return (model) => {
    switch (model) {
      case 'Client':
        return clientAdapter();
      case 'Session':
        return sessionAdapter(deps);
      case 'Interaction':
        return interactionAdapter(deps);
      case 'Grant':
        return grantAdapter(deps);
      case 'AuthorizationCode':
        return codeAdapter(deps);
      default:
        return payloadAdapter(model, deps);
    }
  };
}

function lifetimeOf(seconds: number | undefined): number {
  if (seconds === undefined) {
    throw new TypeError('the engine stored a record without a lifetime');
  }
  return seconds;
}

function unsupported(operation: string): () => never {
  return () => {
    throw new Error(`${operation} is not supported`);
  };
}

/** The engine finds its clients by client-lookup.ts. They are written by services/clients/clients.ts only. */
function clientAdapter(): Adapter {
  const elsewhere = unsupported('finding or writing clients by the adapter');
  return {
    find: elsewhere,
    upsert: elsewhere,
    destroy: elsewhere,
    consume: elsewhere,
    revokeByGrantId: elsewhere,
    findByUid: elsewhere,
    findByUserCode: elsewhere,
  };
}

function sessionAdapter(deps: AdapterDependencies): Adapter {
  const { sessions, endSession, endAppOfSession, revocations } = deps;

  /**
   * The session without the apps that have left it, also if the request in which they did so has failed after their end
   * was announced: what they would get in their part of the session would be invalid. The next save stores it.
   */
  function withoutEndedApps(payload: Payload | null): AdapterPayload | undefined {
    if (payload === null) {
      return undefined;
    }
    const ended = authorizationsOf(payload).filter(({ sid }) => sid !== undefined && revocations.has(`session:${sid}`));
    return ended.length === 0 ? payload : withoutApps(payload, ended);
  }

  return {
    find: async (handle) => withoutEndedApps(await sessions.findPayloadByHandle(handle)),
    findByUid: async (uid) => withoutEndedApps(await sessions.findPayloadByUid(uid)),
    upsert: async (handle, payload, expiresIn) => {
      const userAgent = Provider.ctx?.get('user-agent').slice(0, 256);
      await sessions.saveWithRequest(
        handle,
        { ...payload },
        {
          expiresAt: after(deps.clock, lifetimeOf(expiresIn)),
          ...(userAgent === undefined || userAgent === '' ? {} : { userAgent }),
        },
        ({ sid }) => (sid === undefined ? Promise.resolve() : endAppOfSession(String(payload['uid']), sid)),
      );
    },
    // By its uid, because another tab may have changed the handle or added an app since this request read the session.
    destroy: async (handle) => {
      const session = Provider.ctx?.oidc.session;
      if (session !== undefined && !isRotating(session, handle)) {
        await endSession(session.uid, { handled: new Set(Object.keys(session.authorizations ?? {})) });
      }
    },
    consume: unsupported('consuming a session'),
    revokeByGrantId: unsupported('revoking sessions by grant'),
    findByUserCode: unsupported('finding sessions by user code'),
  };
}

/** The engine can resume a flow only in the browser that started it. Our own pages check this themselves. */
function interactionAdapter(deps: AdapterDependencies): Adapter {
  const adapter = payloadAdapter('Interaction', deps);
  return {
    ...adapter,
    find: async (uid) => {
      const ctx = Provider.ctx;
      const payload = ctx === undefined || deps.flows.holds(ctx.req, uid) ? await adapter.find(uid) : undefined;
      return payload && withoutVoidLogin(deps, payload);
    },
  };
}

/** A grant that has ended, or from before the user's last change of credentials, is not found. */
function grantAdapter(deps: AdapterDependencies): Adapter {
  const adapter = payloadAdapter('Grant', deps);
  return {
    ...adapter,
    find: async (id) => {
      const payload = deps.revocations.has(`grant:${id}`) ? undefined : await adapter.find(id);
      return payload && agreesWithAccount(payload, Provider.ctx?.oidc.entities.Account) ? payload : undefined;
    },
    // The engine ends grants at its logout endpoint.
    destroy: deps.endGrant,
  };
}

/** A code has a copy of its grant and the end of its session. Its use is in grants/authorization-code.ts. */
function codeAdapter(deps: AdapterDependencies): Adapter {
  const adapter = payloadAdapter('AuthorizationCode', deps);
  return {
    ...adapter,
    upsert: (id, payload, expiresIn) => {
      const grant = Provider.ctx?.oidc.entities.Grant;
      const copy = grant !== undefined && grant.jti === payload.grantId ? copyOfGrant(grant, deps.clock) : {};
      return adapter.upsert(id, { ...payload, ...copy, ...sessionForCode({ ...payload }) }, expiresIn);
    },
  };
}

function payloadAdapter(model: string, deps: AdapterDependencies): Adapter {
  const { payloads } = deps;

  function payloadOf(found: Awaited<ReturnType<OidcPayloadRepository['find']>>): AdapterPayload | undefined {
    if (found === null) {
      return undefined;
    }
    const { payload, consumedAt } = found;
    return consumedAt === undefined ? payload : { ...payload, consumed: toEpochSeconds(consumedAt) };
  }

  return {
    find: async (id) => payloadOf(await payloads.find(model, id)),
    findByUserCode: unsupported(`finding ${model} by user code`),
    findByUid: unsupported(`finding ${model} by uid`),
    upsert: (id, payload, expiresIn) =>
      payloads.saveWithRequest(
        model,
        id,
        { ...payload },
        after(deps.clock, lifetimeOf(expiresIn) + deps.clockTolerance),
        // A token from an exchange ends with the code of the token that was exchanged.
        readOrigin({ ...payload.extra }).codeId,
      ),
    destroy: (id) => payloads.removeWithRequest(id),
    // The engine reads, then consumes, and ignores the result of consuming. So the loser of a race must get an error.
    consume: async (id) => {
      if (!(await payloads.consume(model, id))) {
        throw model === 'PushedAuthorizationRequest'
          ? new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used')
          : new errors.InvalidGrant('already used');
      }
    },
    revokeByGrantId: (grantId) => payloads.removeModelByGrant(model, grantId),
  };
}
