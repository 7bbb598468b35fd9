/**
 * The authorization challenge endpoint (OAuth 2.0 for First-Party Applications, draft-ietf-oauth-first-party-apps-04):
 * a team's own app asks for the password itself, and gets a code without a browser. Only for first-party clients whose
 * operator has allowed it.
 *
 * A request is checked by the same steps as a pushed one (scope, resource, PKCE, claims, client authentication). The
 * last step signs the user in, with the same service, throttle and audit as the sign-in page. A user who cannot sign in
 * gets the same answer whatever the reason is.
 *
 * `auth_session` continues a request: it is the request itself, sealed, so nothing is stored for strangers. It is bound
 * to the client and, by the challenge inside it, to the app that began. A user with a second factor is asked for a code
 * after the password: `auth_session` then also has the proof of the password. What else a login needs is a page.
 */
import { errors, type Client, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import type { Middleware } from 'koa';
import { epochSeconds, toEpochSeconds, type Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { InvalidInputError, OverloadedError, ThrottledError } from '../errors.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import type { AuthenticationService, SignInResult } from '../services/sign-in/authentication.ts';
import type { SecondFactorService } from '../services/sign-in/second-factors.ts';
import { credentialsVersionOf, type UserService } from '../services/users/users.ts';
import type { UserDocument } from '../storage/collections.ts';
import { createAuthSessions, InvalidSession, type PasswordProof } from './auth-sessions.ts';
import {
  multiFactorContext,
  multiFactorMethod,
  needsMultiFactor,
  passwordContext,
  requestedClasses,
} from './authentication-context.ts';
import { mayUseChallenge } from './client-metadata.ts';
import type { ConsentStep } from './consent.ts';
import { setCredentialsVersion } from './credentials-version.ts';
import { endpoints } from './endpoints.ts';
import { assignRequestedClaims, findAccount, issueCode, replacePushedRequests } from './engine-internals.ts';
import { readForm } from './form-body.ts';
import {
  cannotGrant,
  rejectUngrantableScopes,
  rejectUnmetAuthentication,
  reportRequestedClass,
} from './interaction-policy.ts';
import { basicCredentials } from './request-client.ts';
import { actorOf, originOf, requestContext } from './request-context.ts';
import type { RequestedApis } from './requested-apis.ts';
import { rejectTooManyRequests } from './too-many-requests.ts';
import { mayUse } from './user-groups.ts';

export interface AuthorizationChallengeDependencies {
  readonly secrets: Pick<Secrets, 'seal' | 'unseal'>;
  readonly authentication: Pick<AuthenticationService, 'signIn'>;
  readonly users: Pick<UserService, 'find'>;
  readonly secondFactors: Pick<SecondFactorService, 'needsSecondFactor' | 'isRequired' | 'listApps' | 'check'>;
  readonly consent: Pick<ConsentStep, 'loadExistingGrant'>;
  readonly requestedApis: RequestedApis;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  /** Seconds for which a request can be continued. */
  readonly sessionLifetime: number;
  /** The end of a login session that begins now. */
  readonly endOfLogin: () => Date;
}

/** The parameters that the first request decides for those that continue it. */
const keptParameters = [
  'scope',
  'resource',
  'audience',
  'claims',
  'acr_values',
  'max_age',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'login_hint',
  'id_token_hint',
] as const;

/** The parameters that this endpoint has besides those of an authorization request. */
const ownParameters = ['username', 'password', 'otp', 'auth_session'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** A login that is complete. */
interface CompleteLogin {
  readonly user: UserDocument;
  readonly at: Date;
  readonly credentialsVersion: number;
  readonly amr: readonly string[];
  readonly acr: string;
}

/** Characters. */
const maxUsernameLength = 320;
const maxCodeLength = 100;

/** The address of a request has no meaning without a browser, but the engine demands one. */
const noRedirectUri = 'urn:gatehouse:no-redirect-uri';

/** These ask for a page. */
const pagePrompts = ['none', 'consent', 'select_account', 'create'];

/** Whether this is a request to the endpoint. */
export function isChallenge({ req }: Pick<KoaContextWithOIDC, 'req'>): boolean {
  return requestContext(req).endpoint === endpoints.authorization_challenge;
}

/** Passes requests to the engine as pushed requests, whose steps check them. */
export const challengesAsPushedRequests: Middleware = (ctx, next) => {
  if (requestContext(ctx.req).endpoint === endpoints.authorization_challenge) {
    ctx.path = endpoints.pushed_authorization_request.path;
  }
  return next();
};

class Overloaded extends errors.OIDCProviderError {
  constructor() {
    super(503, 'temporarily_unavailable');
    this.error_description = 'the server is busy; try again in a moment';
    this.expose = true;
  }
}

/** The user who must sign in, if the request names one: by a verified hint, or as the value of the claim `sub`. */
function requestedUser({ oidc }: KoaContextWithOIDC): unknown {
  const { value } = (oidc.claims.id_token?.['sub'] ?? {}) as Readonly<Record<string, unknown>>;
  return oidc.entities.IdTokenHint?.payload['sub'] ?? value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function answerAuthorizationChallenges(provider: Provider, deps: AuthorizationChallengeDependencies): void {
  const { secrets, authentication, users, secondFactors, consent, requestedApis, audit, clock } = deps;
  const { sessionLifetime, endOfLogin } = deps;

  const authSessions = createAuthSessions({ secrets, clock, lifetime: sessionLifetime });

  /** Completes the body of a request before its parameters are read. @throws InvalidRequest, InvalidSession */
  function complete(ctx: KoaContextWithOIDC): void {
    const { body } = ctx.oidc;
    if (body === undefined) {
      return;
    }
    const repeated = ownParameters.filter((name) => Array.isArray(body[name]));
    if (repeated.length > 0) {
      throw new errors.InvalidRequest(`these parameters must not be provided twice: ${repeated.join(', ')}`);
    }
    // Earlier drafts did not have it.
    body['response_type'] ??= 'code';
    body['redirect_uri'] = noRedirectUri;
    // A client that authenticates need not name itself beside that (section 5.1).
    body['client_id'] ??= basicCredentials(ctx.headers.authorization)?.name;
    if (body['auth_session'] !== undefined) {
      const { clientId, parameters } = authSessions.open(body['auth_session']);
      for (const name of keptParameters) {
        body[name] = parameters[name];
      }
      body['client_id'] ??= clientId;
    }
  }

  function checkClient(client: Client, { auth_session: session }: Fields): void {
    if (!mayUseChallenge(client)) {
      throw new errors.UnauthorizedClient(
        'this client signs users in with a browser: the operator has not allowed it the authorization challenge endpoint',
      );
    }
    if (session !== undefined && authSessions.open(session).clientId !== client.clientId) {
      throw new InvalidSession();
    }
  }

  /** Asks for a further step. The members beside the error say which one. */
  function askFor(
    ctx: KoaContextWithOIDC,
    description: string,
    required: Readonly<Record<string, true>>,
    password?: PasswordProof,
  ): void {
    const { client, params = {} } = ctx.oidc;
    const kept = keptParameters.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]] as const]));
    ctx.status = 403;
    ctx.body = {
      error: 'insufficient_authorization',
      error_description: description,
      auth_session: authSessions.seal({
        clientId: String(client?.clientId),
        parameters: Object.fromEntries(kept),
        ...(password === undefined ? {} : { password }),
      }),
      ...required,
    };
  }

  function askForWeb(ctx: KoaContextWithOIDC, description: string): void {
    ctx.status = 403;
    ctx.body = { error: 'redirect_to_web', error_description: description };
  }

  /** Checks a credential. Its errors become those of the protocol. */
  async function checking<R>(ctx: KoaContextWithOIDC, check: () => Promise<R>): Promise<R> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof ThrottledError) {
        rejectTooManyRequests(ctx, error.retryAfter ?? 1, 'too many attempts; wait, then try again');
      }
      if (error instanceof OverloadedError) {
        ctx.set('Retry-After', String(error.retryAfter));
        throw new Overloaded();
      }
      throw error instanceof InvalidInputError ? new errors.InvalidRequest(error.message) : error;
    }
  }

  /** Begins a login session that no browser has, and issues a code in it. */
  async function authorize(
    ctx: KoaContextWithOIDC,
    { user, at, credentialsVersion, amr, acr }: CompleteLogin,
  ): Promise<string> {
    const { client, params = {} } = ctx.oidc;
    if (client === undefined) {
      throw new TypeError('the request has no client');
    }
    const session = new provider.Session();
    session.loginAccount({
      accountId: user._id,
      loginTs: toEpochSeconds(at),
      amr: [...amr],
      acr,
      transient: true,
    });
    setCredentialsVersion(session, credentialsVersion);
    session.ensureClientContainer(client.clientId);
    Reflect.set(ctx.oidc, 'session', session);
    reportRequestedClass(ctx.oidc, acr);
    const account = await findAccount(provider, ctx as Parameters<typeof findAccount>[1], user._id, undefined);
    if (account === undefined) {
      throw new errors.AccessDenied('the user was disabled or has other credentials since a moment ago');
    }
    ctx.oidc.entity('Account', account);
    const isMember = mayUse(account, client);
    if (!isMember || cannotGrant(ctx, requestedApis)) {
      const { clientId } = client;
      const event = { type: 'access.refused', outcome: 'failure', accountId: user._id, clientId } as const;
      await audit.record({ ...actorOf(ctx.req, user._id), ...event });
      const what = isMember ? 'can grant the requested scopes' : 'may use this client';
      throw new errors.AccessDenied(`the user is in none of the groups that ${what}`);
    }
    const grant = await consent.loadExistingGrant(ctx);
    if (grant === undefined) {
      throw new TypeError('a first-party client has a grant');
    }
    session.grantIdFor(client.clientId, grant.jti);
    ctx.oidc.entity('Grant', grant);
    params['redirect_uri'] = undefined;
    const code = await issueCode(ctx);
    await session.save(Math.max(1, toEpochSeconds(endOfLogin()) - epochSeconds(clock)));
    return code;
  }

  /** Asks for a code of the second factor (section 5.2.1 has `otp` as its example), or checks the one that was sent. */
  async function askForSecondFactor(ctx: KoaContextWithOIDC, password: PasswordProof): Promise<void> {
    const user = await users.find(password.accountId);
    if (user === null || user.disabled || credentialsVersionOf(user) !== password.credentialsVersion) {
      throw new InvalidSession();
    }
    if ((await secondFactors.listApps(user._id)).length === 0) {
      askForWeb(ctx, 'the second factor of this user is a passkey: begin an authorization request in a browser');
      return;
    }
    const otp = text((ctx.oidc.body ?? {})['otp']);
    if (otp === undefined || otp.length > maxCodeLength) {
      askFor(ctx, 'send otp, a code of the second factor of the user', { otp_required: true }, password);
      return;
    }
    const checked = await checking(ctx, () => secondFactors.check(user, otp, actorOf(ctx.req, user._id)));
    if (checked.outcome === 'refused') {
      askFor(ctx, 'the code is wrong, or was used before', { otp_required: true }, password);
      return;
    }
    const login = { user, at: checked.at, credentialsVersion: password.credentialsVersion };
    ctx.body = {
      authorization_code: await authorize(ctx, {
        ...login,
        amr: ['pwd', 'otp', multiFactorMethod],
        acr: multiFactorContext,
      }),
    };
  }

  async function answer(ctx: KoaContextWithOIDC): Promise<void> {
    const { params = {}, prompts } = ctx.oidc;
    const body = (ctx.oidc.body ?? {}) as Fields;
    const { username, password } = body;
    if (params['code_challenge'] === undefined) {
      throw new errors.InvalidRequest('code_challenge is missing: this endpoint needs PKCE (S256)');
    }
    if (pagePrompts.some((prompt) => prompts.has(prompt))) {
      askForWeb(ctx, 'this prompt is a page: begin an authorization request in a browser');
      return;
    }
    assignRequestedClaims(ctx);
    // A scope is optional: without one, the app learns only that the user has signed in.
    rejectUngrantableScopes(ctx);
    rejectUnmetAuthentication(ctx);
    const proved = body['auth_session'] === undefined ? undefined : authSessions.open(body['auth_session']).password;
    if (proved !== undefined) {
      await askForSecondFactor(ctx, proved);
      return;
    }
    const [email, secret] = [text(username) ?? text(params['login_hint']), text(password)];
    if (email === undefined || email.length > maxUsernameLength || secret === undefined) {
      askFor(ctx, 'send username and password', { password_required: true });
      return;
    }
    const result: SignInResult = await checking(ctx, () =>
      authentication.signIn({ ...originOf(ctx.req), email, password: secret }),
    );
    if (result.outcome === 'refused') {
      askFor(ctx, 'the username or the password is wrong', { password_required: true });
      return;
    }
    const expected = requestedUser(ctx);
    if (expected !== undefined && expected !== result.user._id) {
      throw new errors.AccessDenied(
        'another user than the one that id_token_hint or the claim sub names has signed in',
      );
    }
    const { user, credentialsVersion, at } = result;
    if (await secondFactors.needsSecondFactor(user)) {
      const provedAt = toEpochSeconds(at);
      await askForSecondFactor(ctx, { accountId: user._id, credentialsVersion, provedAt });
    } else if (
      secondFactors.isRequired(user) ||
      needsMultiFactor(requestedClasses(ctx.oidc.claims.id_token?.['acr']))
    ) {
      askForWeb(ctx, 'the user must set up a second factor: begin an authorization request in a browser');
    } else {
      ctx.body = { authorization_code: await authorize(ctx, { ...result, amr: ['pwd'], acr: passwordContext }) };
    }
  }

  replacePushedRequests(provider, {
    form: (ctx, next, read) => {
      if (isChallenge(ctx)) {
        // The engine has found its steps by the other path. Its errors must name the real one.
        ctx.path = endpoints.authorization_challenge.path;
      }
      return readForm(ctx, next, read);
    },
    client: async (ctx, next, assemble) => {
      if (isChallenge(ctx)) {
        complete(ctx);
      }
      await assemble(ctx, next);
    },
    redirectUri: async (ctx, next, check) => {
      if (!isChallenge(ctx)) {
        await check(ctx, next);
        return;
      }
      const { client } = ctx.oidc;
      if (client === undefined) {
        throw new TypeError('the request has no client');
      }
      checkClient(client, ctx.oidc.body ?? {});
      await next();
    },
    response: async (ctx, next, respond) => {
      await (isChallenge(ctx) ? answer(ctx) : respond(ctx, next));
    },
  });
}
