/**
 * The short way to a code (RFC 6749 §4.1.1): the request that an app sends for a user who is signed in, with nothing
 * but its usual parameters. It saves the engine's router and its steps about parameters that the request does not have.
 *
 * This only recognises: it rejects nothing. A request in another form, or with a mistake, goes to the engine as it
 * came. So each condition here must be at least as strict as the engine's (decision 47). The steps that decide about
 * the user, the page to show and the code are the engine's own on both ways, and so is what happens to errors.
 */
import type { Context, Middleware } from 'koa';
import type { Client, Provider, Session } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { idleGranularity } from '../storage/repositories/login-sessions.ts';
import { endpoints } from './endpoints.ts';
import { runAtAuthorizationEndpoint, type EngineStep } from './engine-internals.ts';
import { lengthProblem } from './parameter-limits.ts';
import { requestContext } from './request-context.ts';
import type { SessionCookie, SessionCookies } from './session-cookie.ts';
import { secondsAfterUse, type SessionLifetimes } from './session-lifetime.ts';

/** The parameters of a usual request (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2, OpenID Connect Core §3.1.2.1). */
const usualParameters = [
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'resource',
  'response_type',
  'scope',
  'state',
] as const;

type UsualParameters = Partial<Readonly<Record<(typeof usualParameters)[number], string>>>;

/** Base64url of a digest by S256: 43 characters (RFC 7636 §4.2). */
const challengeFormat = /^[\w-]{43}$/;

const isUsual = (name: string): boolean => usualParameters.some((usual) => usual === name);

/** The parameters of a request that has usual ones only, each once. */
function usualParametersOf({ method, query }: Context): UsualParameters | undefined {
  const isPlain =
    method === 'GET' &&
    Object.entries(query).every(
      ([name, value]) => isUsual(name) && typeof value === 'string' && lengthProblem(name, value) === undefined,
    );
  return isPlain ? query : undefined;
}

/** Whether the request asks for a code in the way that this server recommends to every client (decision 4). */
function asksForCode({ response_type: type, code_challenge_method: method, ...others }: UsualParameters): boolean {
  const { code_challenge: challenge = '', scope = '' } = others;
  return type === 'code' && method === 'S256' && challengeFormat.test(challenge) && scope.split(' ').includes('openid');
}

/** Whether the client has no setting by which a request means more than it says, or must be sent in another way. */
function takesRequestsAsTheyAre(client: Client): boolean {
  return (
    client.responseTypeAllowed('code') &&
    client.requirePushedAuthorizationRequests !== true &&
    client.requireSignedRequestObject !== true &&
    client.requireAuthTime !== true &&
    client.defaultAcrValues === undefined &&
    client.defaultMaxAge === undefined
  );
}

/** A login session, and the cookie by which the browser has it. */
interface CookieSession {
  readonly cookie: SessionCookie;
  readonly session: Session;
}

export interface DirectAuthorizationDependencies {
  readonly sessionCookies: SessionCookies;
  readonly sessionLifetimes: SessionLifetimes;
  readonly clock: Clock;
  /** The check of `scope` and `resource` at the authorization endpoint. */
  readonly checkScope: EngineStep;
}

export function answerAuthorizationRequestsDirectly(
  provider: Provider,
  deps: DirectAuthorizationDependencies,
): Middleware {
  const { sessionCookies, sessionLifetimes, clock, checkScope } = deps;

  async function clientOf({ client_id: id, redirect_uri: uri }: UsualParameters): Promise<Client | undefined> {
    const client = id === undefined || uri === undefined ? undefined : await provider.Client.find(id);
    return client !== undefined && client.redirectUriAllowed(String(uri)) && takesRequestsAsTheyAre(client)
      ? client
      : undefined;
  }

  /** The session of the browser, if somebody is signed in. */
  async function sessionOf(ctx: Context): Promise<CookieSession | undefined> {
    const cookie = sessionCookies.read(ctx);
    const session = cookie && (await provider.Session.find(cookie.value));
    return cookie === undefined || session?.accountId === undefined ? undefined : { cookie, session };
  }

  /** Extends the session and renews its cookie after a request, as the engine does, also if the request is rejected. */
  function useSession({ cookie, session }: CookieSession, { clientId }: Client): EngineStep {
    const stateOfApp = (): string | undefined => JSON.stringify(session.authorizations?.[clientId]);
    return async (ctx, next) => {
      const { exp: end } = session;
      const before = stateOfApp();
      try {
        await next();
      } finally {
        const seconds = secondsAfterUse(sessionLifetimes, session, clock);
        const newEnd = epochSeconds(clock) + seconds;
        sessionCookies.renew(ctx, cookie, session.transient === true ? undefined : new Date(newEnd * 1000));
        // The repository decides, by the exact time. This only spares what it would not store.
        const mayBeStored = (Math.abs(newEnd - end) + 1) * 1000 >= idleGranularity;
        if (mayBeStored || stateOfApp() !== before) {
          await session.save(seconds);
        }
      }
    };
  }

  return async function answerDirectly(ctx, next) {
    const parameters =
      requestContext(ctx.req).endpoint === endpoints.authorization ? usualParametersOf(ctx) : undefined;
    const client = parameters !== undefined && asksForCode(parameters) ? await clientOf(parameters) : undefined;
    const found = client === undefined ? undefined : await sessionOf(ctx);
    if (parameters === undefined || client === undefined || found === undefined) {
      await next();
      return;
    }
    await runAtAuthorizationEndpoint(provider, ctx, {
      client,
      session: found.session,
      parameters,
      useSession: useSession(found, client),
      checkScope,
    });
  };
}
