/** Users sign out of one app or of everything, and end sessions on other devices (decision 6). */
import { expect } from 'chai';
import { endSession, leaveSession } from '../ends.ts';
import { expectSession, useSession } from '../expectations.ts';
import { operator } from '../registrations.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import type { Grant, Profile, Session } from '../state.ts';

/** Browsers in which a user is signed in. */
export function signedIn({ state, world }: Simulation): readonly (Profile & { readonly session: Session })[] {
  const now = world.now();
  return state.profiles.filter(
    (profile): profile is Profile & { session: Session } =>
      profile.session !== undefined && expectSession(profile.session, now).is === 'active',
  );
}

/** The apps in these sessions that have an ID token, by which the page of the logout knows the app. */
function departures(simulation: Simulation): readonly { readonly profile: Profile; readonly grant: Grant }[] {
  return signedIn(simulation).flatMap((profile) =>
    [...profile.session.grants.values()].flatMap((grant) =>
      grant.idToken === undefined || grant.app.endedBy !== undefined ? [] : [{ profile, grant }],
    ),
  );
}

/**
 * Opens the page of a logout, on which the user decides.
 * @returns a function that submits the form for one of the two decisions
 */
export async function openLogout(
  { world }: Simulation,
  { browser }: Profile,
  grant: Grant | undefined,
): Promise<(decision: 'everything' | 'this app') => Promise<void>> {
  const hint = grant?.idToken === undefined ? '' : `?id_token_hint=${grant.idToken}`;
  const page = await browser.visit(`${world.issuer}/logout${hint}`);
  return async (decision) => {
    const form = page.forms.find(
      ({ fields }) => fields['xsrf'] !== undefined && (fields['logout'] !== undefined) === (decision === 'everything'),
    );
    expect(form, `form for the logout of ${decision}`).to.not.equal(undefined);
    const { status } = await browser.post(new URL(form?.action ?? '', page.url).href, form?.fields ?? {});
    expect(status, 'status of the logout').to.be.oneOf([200, 303]);
  };
}

const sessions = ({ state, world }: Simulation): readonly Session[] =>
  state.sessions.filter((session) => expectSession(session, world.now()).is === 'active');

export const signOutOperations: readonly Operation[] = [
  operationOn({
    name: 'sign out of one app',
    weight: 4,
    candidates: departures,
    run: async (simulation, { profile, grant }) => {
      const { name } = simulation.pickInstance();
      simulation.log(`${profile.name}, ${grant.app.registration.id}, at ${name}`);
      const decide = await openLogout(simulation, profile, grant);
      await decide('this app');
      leaveSession(grant, 'signed out of the app');
      useSession(grant.session, simulation.world.now());
    },
  }),
  operationOn({
    name: 'sign out of everything',
    weight: 2,
    candidates: signedIn,
    run: async (simulation, profile) => {
      const { name } = simulation.pickInstance();
      simulation.log(`${profile.name} at ${name}`);
      const decide = await openLogout(simulation, profile, undefined);
      await decide('everything');
      endSession(profile.session, 'signed out');
    },
  }),
  operationOn({
    name: 'end a session',
    weight: 2,
    candidates: sessions,
    run: async (simulation, session) => {
      const { services, name } = simulation.pickInstance();
      const offlineAccess = simulation.random.chance(0.3);
      simulation.log(`of ${session.user.email} at ${name}${offlineAccess ? ' with offline access' : ''}`);
      const { id } = session.user;
      expect(await services.sessions.end(id, session.uid, operator, { offlineAccess })).to.equal(true);
      endSession(session, 'the session was ended', offlineAccess);
    },
  }),
  operationOn({
    name: 'end all sessions but one',
    weight: 1,
    candidates: sessions,
    run: async (simulation, kept) => {
      const { services, name } = simulation.pickInstance();
      simulation.log(`of ${kept.user.email} at ${name}`);
      await services.sessions.endAll(kept.user.id, { except: kept.uid }, operator);
      for (const session of simulation.state.sessions) {
        if (session.user === kept.user && session !== kept) {
          endSession(session, 'all other sessions were ended');
        }
      }
    },
  }),
];
