/**
 * The engine's storage, over our repositories. What the engine leaves to its adapter is kept here and beneath: single
 * use is one conditional update, sessions merge, presented values are stored as digests, documents are kept as long as
 * the engine's clock tolerance may still accept them.
 */
import { Provider, errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { after, epochSeconds, type Clock } from '../clock.ts';
import type { RevocationService } from '../services/revocation.ts';
import type { UserService } from '../services/users.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import type { LoginSessionRepository } from '../storage/repositories/login-sessions.ts';
import type { OidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import { createEngineMetadata } from './client-metadata.ts';
import { agreesWithAccount, withoutVoidLogin } from './credentials-version.ts';
import { isRotating } from './engine-internals.ts';
import type { FlowCookies } from './flow-cookies.ts';
import { isChainOver, type RefreshTokenLifetimes } from './refresh-token-lifetime.ts';

export interface AdapterDependencies {
  readonly payloads: OidcPayloadRepository;
  readonly sessions: LoginSessionRepository;
  readonly clients: ClientRepository;
  readonly flows: Pick<FlowCookies, 'holds'>;
  /** Ends a login session; what concerns the clients that are named the engine does itself. */
  readonly endSession: RevocationService['endSession'];
  readonly users: Pick<UserService, 'find'>;
  readonly clock: Clock;
  /** Seconds. */
  readonly clockTolerance: number;
  readonly lifetimes: RefreshTokenLifetimes;
}

/** Makes the factory that the engine calls once for each of its models. */
export function createAdapterFactory(deps: AdapterDependencies): (model: string) => Adapter {
  return (model) => {
    switch (model) {
      case 'Client':
        return clientAdapter(deps);
      case 'Session':
        return sessionAdapter(deps);
      case 'Interaction':
        return interactionAdapter(deps);
      case 'Grant':
        return grantAdapter(deps);
      default:
        return payloadAdapter(model, deps);
    }
  };
}

function lifetimeOf(seconds: number | undefined): number {
  if (seconds === undefined) {
    throw new TypeError('what the engine stores here has a lifetime');
  }
  return seconds;
}

function unsupported(what: string): () => never {
  return () => {
    throw new Error(`${what} is not supported`);
  };
}

/** Clients are read at each request: a change holds at once, on every instance. Writing them is services/clients.ts's. */
function clientAdapter({ clients, clock }: AdapterDependencies): Adapter {
  const engineMetadata = createEngineMetadata();
  const readOnly = unsupported('writing clients through the engine');
  return {
    find: async (id) => {
      const client = await clients.find(id);
      return client === null ? undefined : engineMetadata(client, clock.now());
    },
    upsert: readOnly,
    destroy: readOnly,
    consume: readOnly,
    revokeByGrantId: readOnly,
    findByUid: unsupported('finding clients by uid'),
    findByUserCode: unsupported('finding clients by user code'),
  };
}

function sessionAdapter(deps: AdapterDependencies): Adapter {
  const { sessions, endSession } = deps;
  return {
    find: async (handle) => (await sessions.findPayloadByHandle(handle)) ?? undefined,
    findByUid: async (uid) => (await sessions.findPayloadByUid(uid)) ?? undefined,
    upsert: async (handle, payload, expiresIn) => {
      const userAgent = Provider.ctx?.get('user-agent').slice(0, 256);
      await sessions.saveWithRequest(
        handle,
        { ...payload },
        {
          expiresAt: after(deps.clock, lifetimeOf(expiresIn)),
          ...(userAgent === undefined || userAgent === '' ? {} : { userAgent }),
        },
      );
    },
    // By its uid: another tab may have changed the handle, or let an app join, since this request read the session.
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

/** Where the engine resumes a flow, it finds it only for the browser that began it. Our pages check this themselves. */
function interactionAdapter(deps: AdapterDependencies): Adapter {
  const adapter = payloadAdapter('Interaction', deps);
  return {
    ...adapter,
    find: async (uid) => {
      const ctx = Provider.ctx;
      const payload = ctx === undefined || deps.flows.holds(ctx.req, uid) ? await adapter.find(uid) : undefined;
      return payload && withoutVoidLogin(deps.users, payload);
    },
  };
}

/** A grant that was made under other credentials than those that the user has now is not there. */
function grantAdapter(deps: AdapterDependencies): Adapter {
  const adapter = payloadAdapter('Grant', deps);
  return {
    ...adapter,
    find: async (id) => {
      const payload = await adapter.find(id);
      return payload && agreesWithAccount(payload, Provider.ctx?.oidc.entities.Account) ? payload : undefined;
    },
  };
}

function payloadAdapter(model: string, deps: AdapterDependencies): Adapter {
  const { payloads, lifetimes, clock } = deps;

  function opened(found: Awaited<ReturnType<OidcPayloadRepository['find']>>): AdapterPayload | undefined {
    if (found === null) {
      return undefined;
    }
    const { payload, consumedAt } = found;
    const { iiat } = payload;
    if (model === 'RefreshToken' && typeof iiat === 'number' && isChainOver(lifetimes, iiat, epochSeconds(clock))) {
      return undefined;
    }
    return consumedAt === undefined ? payload : { ...payload, consumed: Math.floor(consumedAt.getTime() / 1000) };
  }

  return {
    find: async (id) => opened(await payloads.find(model, id)),
    findByUserCode: unsupported(`finding ${model} by user code`),
    findByUid: unsupported(`finding ${model} by uid`),
    upsert: (id, payload, expiresIn) =>
      payloads.saveWithRequest(
        model,
        id,
        { ...payload },
        after(deps.clock, lifetimeOf(expiresIn) + deps.clockTolerance),
      ),
    destroy: (id) => payloads.removeWithRequest(id),
    // The engine looks, then consumes, and ignores what consuming says: so the loser of a race must not return.
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
