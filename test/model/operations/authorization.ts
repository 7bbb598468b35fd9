/** Users sign in to apps, and allow or deny them access (decisions 6, 23). */
import { expect } from 'chai';
import { asks, authorizationUrl, signIn } from '../../support/app.ts';
import type { Page } from '../../support/browser.ts';
import { expectSession, useSession } from '../expectations.ts';
import { apiOfScope } from '../registrations.ts';
import type { Operation, Simulation } from '../operation.ts';
import { userApps, type App, type Code, type Grant, type Profile, type Session, type User } from '../state.ts';
import type { Instance } from '../world.ts';
import { redeemCode } from './codes.ts';

/** What apps ask for, without `offline_access`. */
const requests: readonly (readonly string[])[] = [
  ['openid', 'email'],
  ['openid', 'photos:read'],
  ['openid', 'photos:read', 'photos:write'],
  ['openid', 'archive:read'],
  ['openid', 'archive:read', 'archive:write'],
  ['openid', 'photos:read', 'archive:read', 'archive:write'],
  ['openid', 'ledger:read'],
];

interface Request {
  readonly app: App;
  readonly scopes: readonly string[];
  readonly apis: readonly string[];
  readonly isOffline: boolean;
}

function apisOf(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.flatMap((scope) => apiOfScope(scope) ?? []))];
}

/** A public client cannot ask about its own tokens, so that of the model always asks for an API, which can. */
function pickRequest({ random, state }: Simulation, app = random.pick(userApps(state))): Request {
  const { apis, type } = app.registration;
  const possible = requests.filter((scopes) => {
    const needed = apisOf(scopes);
    return needed.every((api) => apis.includes(api)) && (type !== 'browser' || needed.length > 0);
  });
  const scopes = random.pick(possible);
  return { app, scopes, apis: apisOf(scopes), isOffline: random.chance(0.35) };
}

/** Signs in where the page asks for it. @returns undefined for a disabled user, who cannot */
async function signInIfAsked(
  { random, state, world, log }: Simulation,
  profile: Profile,
  page: Page,
): Promise<{ readonly page: Page; readonly user: User } | undefined> {
  const { session } = profile;
  const isSignedIn = session !== undefined && expectSession(session, world.now()).is === 'active';
  expect(asks(page) === 'sign-in', `${profile.name} is asked to sign in`).to.equal(!isSignedIn);
  if (isSignedIn) {
    return { page, user: session.user };
  }
  if (session !== undefined) {
    session.endedBy ??= 'expired';
    delete profile.session;
  }
  const user = random.pick(state.users);
  log(`${user.email} signs in`);
  const next = await signIn(profile.browser, page, user.email, user.password);
  expect(asks(next) === 'sign-in', 'a disabled user, and nobody else, is asked again').to.equal(user.isDisabled);
  return user.isDisabled ? undefined : { page: next, user };
}

/** The session that the sign-in has made. The server stores it when the flow is over. */
async function findNewSession(simulation: Simulation, instance: Instance, user: User): Promise<Session> {
  const { state, world } = simulation;
  const stored = await instance.services.sessions.listByUser(user.id);
  const created = stored.filter(({ uid }) => !state.sessions.some((known) => known.uid === uid));
  expect(created.length, 'new sessions').to.equal(1);
  const now = world.now();
  const uid = created[0]?.uid ?? '';
  const session: Session = { uid, user, startedAt: now, lastUse: { earliest: now, latest: now }, grants: new Map() };
  state.sessions.push(session);
  return session;
}

function consentOf(user: User, app: App): Set<string> {
  const { id } = app.registration;
  const consent = user.consents.get(id) ?? new Set();
  user.consents.set(id, consent);
  return consent;
}

/**
 * Allows or denies where the page asks. What was allowed before is not asked again, except offline access: it is asked
 * once in each session (decision 6). A first-party app has everything from its operator.
 * @returns whether the app gets a code
 */
async function decideIfAsked(
  { random, log }: Simulation,
  { browser }: Profile,
  request: Request,
  user: User,
  page: Page,
): Promise<{ readonly page: Page; readonly isAllowed: boolean }> {
  const isAsked = asks(page) === 'consent';
  const consent = consentOf(user, request.app);
  const isNew = request.scopes.some((scope) => !consent.has(scope));
  const isFirstParty = request.app.registration.firstParty === true;
  if (isFirstParty || isNew || !request.isOffline) {
    expect(isAsked, 'the user is asked for consent').to.equal(isNew && !isFirstParty);
  }
  if (!isAsked) {
    return { page, isAllowed: true };
  }
  const isAllowed = random.chance(0.92);
  log(isAllowed ? 'allowed' : 'denied');
  if (isAllowed) {
    request.scopes.forEach((scope) => consent.add(scope));
  }
  return { page: await browser.submit(page, '/consent', { decision: isAllowed ? 'allow' : 'deny' }), isAllowed };
}

/** The grant of the app in this session. It has all that the user ever allowed the app, if the request needs more. */
function grantFor({ state }: Simulation, session: Session, { app, scopes }: Request): Grant {
  const { id, firstParty = false } = app.registration;
  const current = session.grants.get(id);
  const isCurrent = current !== undefined && current.endedBy === undefined && current.app === app;
  const grant = isCurrent ? current : { user: session.user, app, session, scopes: new Set<string>() };
  if (!isCurrent) {
    state.grants.push(grant);
    session.grants.set(id, grant);
  }
  if (scopes.some((scope) => !grant.scopes.has(scope))) {
    const allowed = firstParty ? scopes : [...consentOf(session.user, app), ...scopes];
    allowed.forEach((scope) => grant.scopes.add(scope));
  }
  return grant;
}

/** @returns the code; undefined if the user is disabled, or denied the request */
export async function authorizeApp(
  simulation: Simulation,
  profile: Profile,
  request = pickRequest(simulation),
): Promise<Code | undefined> {
  const { state, world, log } = simulation;
  const instance = simulation.pickInstance();
  const { app, apis, isOffline } = request;
  const scopes = [...request.scopes, ...(isOffline ? ['offline_access'] : [])];
  log(`${profile.name}, ${app.registration.id}, ${scopes.join(' ')}, at ${instance.name}`);
  const { url, verifier } = authorizationUrl({ issuer: world.issuer }, app.client, {
    scope: scopes.join(' '),
    resource: apis,
  });
  const signedIn = await signInIfAsked(simulation, profile, await profile.browser.visit(url));
  if (signedIn === undefined) {
    return undefined;
  }
  const { user } = signedIn;
  const { page, isAllowed } = await decideIfAsked(simulation, profile, request, user, signedIn.page);
  const session = (profile.session ??= await findNewSession(simulation, instance, user));
  useSession(session, world.now());
  expect(page.location, `redirect to the app, from ${page.status} ${page.url}`).to.match(/^http:\/\/127\.0\.0\.1:9\//);
  const answer = new URL(page.location ?? '').searchParams;
  expect(answer.get('error'), answer.get('error_description') ?? '').to.equal(isAllowed ? null : 'access_denied');
  if (!isAllowed) {
    return undefined;
  }
  const code: Code = {
    name: `code ${state.codes.length + 1}`,
    value: answer.get('code') ?? '',
    verifier,
    grant: grantFor(simulation, session, request),
    isOffline,
    scopes,
    apis,
    issuedAt: world.now(),
    isUsed: false,
  };
  state.codes.push(code);
  log(code.name);
  return code;
}

/** Browsers of which the model knows whether the user is still signed in. */
function usableProfiles({ state, world }: Simulation): readonly Profile[] {
  return state.profiles.filter(
    ({ session }) => session === undefined || expectSession(session, world.now()).is !== 'undecided',
  );
}

/** The code of a new authorization; for other operations. */
export async function authorizeAgain(simulation: Simulation, { app, session }: Grant): Promise<Code | undefined> {
  const profile = usableProfiles(simulation).find((one) => one.session === session);
  return profile && authorizeApp(simulation, profile, pickRequest(simulation, app));
}

export const authorizationOperations: readonly Operation[] = [
  {
    name: 'authorize',
    weight: 22,
    possible: (simulation) => usableProfiles(simulation).length > 0,
    run: async (simulation) => {
      const { random } = simulation;
      const code = await authorizeApp(simulation, random.pick(usableProfiles(simulation)));
      if (code !== undefined && random.chance(0.85)) {
        await redeemCode(simulation, code);
      }
    },
  },
];
