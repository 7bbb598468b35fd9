/**
 * What the model knows: plain data. An operation changes it as the documents say that the servers must change
 * (docs/decisions.md); expectations.ts says what follows for a token.
 *
 * What ends is not removed here: it gets the reason in `endedBy`, because its tokens are asked about after that, too.
 * What is registered again after a deletion is a new object.
 */
import { password, type AppClient } from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import {
  apiRegistrations,
  appRegistrations,
  operator,
  registerClient,
  type ApiRegistration,
  type AppRegistration,
} from './registrations.ts';
import type { World } from './world.ts';

/** Something that somebody can end, and then the reason. */
interface Ending {
  endedBy?: string;
}

export interface User extends Ending {
  readonly id: string;
  readonly email: string;
  password: string;
  isDisabled: boolean;
  /** The scopes that the user has allowed to each app, by the app's id. */
  readonly consents: Map<string, Set<string>>;
}

export interface Api extends Ending {
  readonly registration: ApiRegistration;
}

export interface App extends Ending {
  readonly registration: AppRegistration;
  readonly client: AppClient;
}

/** A browser profile, in which a user may be signed in. */
export interface Profile {
  readonly name: string;
  readonly browser: Browser;
  session?: Session;
}

/** A login session. Times are seconds since the epoch. */
export interface Session extends Ending {
  readonly uid: string;
  readonly user: User;
  readonly startedAt: number;
  /** The server stores the last use at most once a minute, so it is one of these or between them. */
  lastUse: { earliest: number; latest: number };
  /** What each app has from it now, by the app's id. */
  readonly grants: Map<string, Grant>;
}

/** What an app has from one login session of a user. */
export interface Grant extends Ending {
  readonly user: User;
  readonly app: App;
  readonly session: Session;
  /** Of APIs and of OpenID Connect, without `offline_access`. */
  readonly scopes: Set<string>;
  /** The reason why the app has left the session: what has no offline access ended then. */
  leftBy?: string;
  /** As introspection named it first. */
  id?: string;
  idToken?: string;
}

export interface Code {
  readonly name: string;
  readonly value: string;
  readonly verifier: string;
  readonly grant: Grant;
  readonly isOffline: boolean;
  readonly scopes: readonly string[];
  readonly apis: readonly string[];
  readonly issuedAt: number;
  isUsed: boolean;
  /** Its second use, which ends what was issued from it. */
  reusedBy?: string;
  /** Some of what it is for was removed meanwhile. The model does not say what it gives, so nobody uses it. */
  isReduced?: boolean;
}

/** The refresh tokens that follow each other. */
export interface Family {
  readonly name: string;
  readonly code: Code;
  /** The last one is the current one. */
  readonly tokens: Token[];
  /** The request that got the current token, if it was a refresh. */
  lastRefresh?: { readonly at: number; readonly parameters: RefreshParameters; readonly body: ResponseBody };
  /** As {@link Code.isReduced}. */
  isReduced?: boolean;
}

export type RefreshParameters = Readonly<Record<string, string>>;
export type ResponseBody = Readonly<Record<string, unknown>>;

/** From where a token comes, and with what it ends. */
export interface Origin {
  /** The client that it was issued to; none for a personal access token. */
  readonly app?: App;
  /** None for a machine's own token. */
  readonly user?: User;
  readonly grant?: Grant;
  readonly isOffline?: boolean;
  readonly code?: Code;
  readonly family?: Family;
  /** The token for which it was exchanged. */
  readonly exchangedFrom?: Token;
  /** The personal access token at the beginning of its exchanges. */
  readonly personalToken?: Token;
  /** The machine clients that act for the user, the first one first. */
  readonly actors?: readonly string[];
}

export interface Token extends Origin, Ending {
  readonly name: string;
  /** `userinfo`: an access token for this server's own endpoint. */
  readonly kind: 'jwt' | 'opaque' | 'userinfo' | 'refresh' | 'personal';
  readonly value: string;
  readonly api?: Api;
  scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** The id by which the services know a personal access token. */
  readonly personalId?: string;
  /** Whether it may be accepted for a second after its end: it was issued while that happened. */
  readonly isFromRace: boolean;
  /** What the last check expected. */
  checkedAs?: string;
  /** When a check first expected that it has ended, in milliseconds of the machine's time: the clock moves. */
  endSeenAt?: number;
}

export interface State {
  readonly apis: Map<string, Api>;
  readonly apps: Map<string, App>;
  readonly users: User[];
  readonly profiles: readonly Profile[];
  readonly sessions: Session[];
  readonly grants: Grant[];
  readonly codes: Code[];
  readonly families: Family[];
  readonly tokens: Token[];
}

/** A user with the first password. */
export async function createModelUser({ instances }: World, email: string): Promise<User> {
  const user = await instances[0].services.users.create({ email, password, emailVerified: true }, operator);
  return { id: user._id, email, password, isDisabled: false, consents: new Map() };
}

/** Registers everything, and describes it. Nobody is signed in yet. */
export async function createState(world: World): Promise<State> {
  const { services } = world.instances[0];
  const state: State = {
    apis: new Map(),
    apps: new Map(),
    users: [],
    profiles: [1, 2, 3, 4].map((number) => ({ name: `browser ${number}`, browser: openBrowser() })),
    sessions: [],
    grants: [],
    codes: [],
    families: [],
    tokens: [],
  };
  for (const registration of apiRegistrations) {
    await services.apis.create(registration, operator);
    state.apis.set(registration.identifier, { registration });
  }
  for (const registration of appRegistrations) {
    state.apps.set(registration.id, { registration, client: await registerClient(services, registration) });
  }
  for (const email of ['ada@example.com', 'bob@example.com', 'cyd@example.com']) {
    state.users.push(await createModelUser(world, email));
  }
  return state;
}

/** The apps in which users sign in. */
export function userApps({ apps }: State): readonly App[] {
  return [...apps.values()].filter(({ registration }) => registration.type !== 'machine');
}
