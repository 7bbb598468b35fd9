/**
 * Interactions for the pages between an app's request and its answer: what the user is asked, and the possible answers.
 * The engine continues at the address that each answer returns.
 */
import type { Context } from 'koa';
import { errors, type Interaction as EngineInteraction, type Provider } from 'oidc-provider';
import { toEpochSeconds } from '../clock.ts';
import { ExpiredError } from '../errors.ts';
import type { Actor } from '../services/foundation/audit.ts';
import { accountClientId } from './account-client.ts';
import { needsMultiFactor, requestedClasses } from './authentication-context.ts';
import type { ConsentChoices, ConsentStep } from './consent.ts';
import type { ConsentRequest, ConsentRequests } from './consent-request.ts';
import type { FlowCookies } from './flow-cookies.ts';
import { upstreamLoginTooOld } from './interaction-policy.ts';
import type { PendingLink, UpstreamLogin } from './upstream-login.ts';

/** What the steps of a login have proved so far. The session is created from the proof of all steps. */
export interface LoginProof {
  readonly accountId: string;
  /** The version of the credentials that were proved (credentials-version.ts). */
  readonly credentialsVersion: number;
  /** When the user proved it. */
  readonly at: Date;
  /** Whether the session lasts after the browser is closed. */
  readonly remember: boolean;
  /** The methods of the steps (RFC 8176). */
  readonly amr: readonly string[];
  /** The authentication context class (OpenID Connect Core §2), if a step sets one. */
  readonly acr?: string;
  /** Whether the browser has found that this device can make a passkey, so that one can be offered. */
  readonly canMakePasskey?: boolean;
  /** The other provider at which the user signed in (upstream-login.ts). */
  readonly upstream?: UpstreamLogin;
}

/** Every answer returns the address to redirect the browser to (303, RFC 9700 §4.12). */
export interface Interaction {
  readonly uid: string;
  /** What the user is asked. */
  readonly prompt: string;
  /** Why: the names of the failed checks of interaction-policy.ts and of the engine. */
  readonly reasons: readonly string[];
  readonly clientId: string;
  readonly redirectUri: string;
  readonly loginHint: string | undefined;
  readonly uiLocales: string | undefined;
  /** Whether the app asks the user to sign in again: what the browser remembers of an earlier login does not count. */
  readonly asksAgain: boolean;
  /** Whether the app sends `prompt=login`, alone or with others: an earlier login anywhere does not count. */
  readonly promptsLogin: boolean;
  /** Whether the app asks for a login with two factors (`acr`). */
  readonly needsMultiFactor: boolean;
  /** The app's `max_age`, in seconds (OpenID Connect Core §3.1.2.1). */
  readonly maxAge: number | undefined;
  /** The path of the first step that the account pages ask to begin with; apps cannot. */
  readonly beginsWith: string | undefined;
  /** The user who is signed in, if any. */
  readonly accountId: string | undefined;
  /** Whether this user has a session in this browser that lasts after the browser is closed. */
  isRemembered(accountId: string): Promise<boolean>;
  describeConsent(): Promise<ConsentRequest>;
  /** The proof of a login that is not complete yet. */
  readonly proof: LoginProof | undefined;
  /** Stores the proof for the next step. */
  keepProof(proof: LoginProof): Promise<void>;
  /** A person at another provider who is not linked with an account yet, and may be after this login. */
  readonly pendingLink: PendingLink | undefined;
  keepPendingLink(link: PendingLink | undefined): Promise<void>;
  signIn(login: LoginProof): Promise<string>;
  /** Continues with the user who is signed in. */
  keepAccount(): Promise<string>;
  /** Writes the Grant with the request's other writes, and remembers the consent. */
  allow(actor: Actor, choices?: ConsentChoices): Promise<string>;
  /** Ends the flow with `access_denied` (RFC 6749 §4.1.2.1). The app receives the description. */
  refuse(description: string): Promise<string>;
}

export type FindInteraction = (ctx: Context, uid: string) => Promise<Interaction>;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The `state` with which the account pages begin a sign-up. */
export const signUpState = 'sign-up';

function beginningOf({ client_id: clientId, state }: EngineInteraction['params']): string | undefined {
  return clientId === accountClientId && state === signUpState ? signUpState : undefined;
}

/**
 * The proof in the format of the engine's login result. Between two steps it is stored under `proof`, which the engine
 * ignores.
 */
function writeProof({ at, amr, ...proof }: LoginProof) {
  return { ...proof, amr: [...amr], ts: toEpochSeconds(at) };
}

function readProof(result: EngineInteraction['result']): LoginProof | undefined {
  const written = result?.['proof'] as ReturnType<typeof writeProof> | undefined;
  if (written === undefined) {
    return undefined;
  }
  const { ts, ...proof } = written;
  return { ...proof, at: new Date(ts * 1000) };
}

/** The claim `acr` that the parameters of a request ask for; `acr_values` is the same as a claim that is voluntary. */
function requestedAcr({ claims, acr_values: values }: Readonly<Record<string, unknown>>): unknown {
  const { id_token: ofIdToken } = typeof claims === 'string' ? JSON.parse(claims) : (claims ?? {});
  return ofIdToken?.acr ?? (typeof values === 'string' ? { values: values.split(' ') } : undefined);
}

/** Converts the engine's error for a flow without its cookies, record or session to ours. */
async function orExpired<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof errors.SessionNotFound ? new ExpiredError(error.error_description ?? error.message) : error;
  }
}

/** @returns a function that finds the interaction `uid` for the browser that started it. It throws ExpiredError. */
export function createFindInteraction(deps: {
  readonly provider: () => Provider;
  readonly flows: Pick<FlowCookies, 'holds'>;
  readonly consentRequests: Pick<ConsentRequests, 'describe'>;
  readonly consent: Pick<ConsentStep, 'allow'>;
}): FindInteraction {
  const { consentRequests, consent, flows } = deps;
  return async (ctx, uid) => {
    const provider = deps.provider();
    if (!flows.holds(ctx.req, uid)) {
      throw new ExpiredError('the browser has no cookie of this flow');
    }
    const found: EngineInteraction = await orExpired(provider.interactionDetails(ctx.req, ctx.res));
    if (found.uid !== uid) {
      throw new ExpiredError('the cookie belongs to another interaction');
    }
    const { params, prompt, session } = found;

    let pendingLink = found.result?.['pendingLink'] as PendingLink | undefined;
    const promptsLogin = String(params['prompt']).split(' ').includes('login');
    const maxAge = Number(params['max_age'] ?? Number.NaN);

    const finish = (result: Parameters<Provider['interactionResult']>[2]): Promise<string> =>
      orExpired(provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }));

    return {
      uid,
      prompt: prompt.name,
      reasons: prompt.reasons,
      clientId: String(params['client_id']),
      redirectUri: String(params['redirect_uri']),
      loginHint: text(params['login_hint']),
      uiLocales: text(params['ui_locales']),
      asksAgain: promptsLogin || ['max_age', upstreamLoginTooOld].some((reason) => prompt.reasons.includes(reason)),
      promptsLogin,
      needsMultiFactor: needsMultiFactor(requestedClasses(requestedAcr(params))),
      maxAge: Number.isFinite(maxAge) ? maxAge : undefined,
      beginsWith: beginningOf(params),
      accountId: session?.accountId,
      isRemembered: async (accountId) => {
        const current = session?.accountId === accountId ? await provider.Session.findByUid(session.uid) : undefined;
        return current !== undefined && current.transient !== true;
      },
      describeConsent: () => consentRequests.describe(provider, found),
      proof: readProof(found.result),
      keepProof: async (proof) => {
        await finish({ proof: writeProof(proof), pendingLink });
      },
      get pendingLink() {
        return pendingLink;
      },
      keepPendingLink: async (link) => {
        await finish({ proof: found.result?.['proof'], pendingLink: link });
        pendingLink = link;
      },
      signIn: (proof) =>
        finish({
          ...(prompt.name === 'select_account' ? { select_account: {} } : {}),
          login: writeProof(proof),
        }),
      keepAccount: () => finish({ select_account: {} }),
      allow: async (actor, choices) => finish(await consent.allow(provider, found, actor, choices)),
      refuse: (description) => finish({ error: 'access_denied', error_description: description }),
    };
  };
}
