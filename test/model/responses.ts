/** What a successful answer of the token endpoint adds to the state. */
import { expect } from 'chai';
import { refreshLifetimes, useSession } from './expectations.ts';
import type { Simulation } from './operation.ts';
import type { Api, ResponseBody, Code, Family, Origin, Token, User } from './state.ts';

function add({ state }: Simulation, token: Omit<Token, 'name' | 'isFromRace'>, isFromRace = false): Token {
  const added = { ...token, name: `token ${state.tokens.length + 1}`, isFromRace };
  state.tokens.push(added);
  return added;
}

/** @param api none for a token for userinfo */
export function addAccessToken(
  simulation: Simulation,
  body: ResponseBody,
  origin: Origin,
  api: Api | undefined,
  isFromRace = false,
): Token {
  const value = String(body['access_token']);
  const kind = api === undefined ? 'userinfo' : value.startsWith('eyJ') ? 'jwt' : 'opaque';
  expect(api?.registration.tokenFormat ?? 'userinfo', 'format of an access token').to.equal(kind);
  const scopes = String(body['scope']).split(' ');
  const expiresAt = simulation.world.now() + Number(body['expires_in']);
  const added = add(simulation, { ...origin, kind, value, scopes, expiresAt, ...(api && { api }) }, isFromRace);
  simulation.log(`${added.name} (${kind})`);
  return added;
}

function addRefreshToken(simulation: Simulation, body: ResponseBody, family: Family, isFromRace: boolean): void {
  const { code } = family;
  const expiresAt = Math.min(simulation.world.now() + refreshLifetimes.unused, code.issuedAt + refreshLifetimes.total);
  const value = String(body['refresh_token']);
  const token = { ...originOf(code), family, kind: 'refresh', value, scopes: code.scopes, expiresAt } as const;
  family.tokens.push(add(simulation, token, isFromRace));
}

function originOf(code: Code): Origin {
  const { grant, isOffline } = code;
  return { app: grant.app, user: grant.user, grant, isOffline, code };
}

/** The tokens for a code. @param api see {@link addAccessToken} */
export function addRedeemed(
  simulation: Simulation,
  code: Code,
  body: ResponseBody,
  api: Api | undefined,
  isFromRace = false,
): void {
  code.isUsed = true;
  addAccessToken(simulation, body, originOf(code), api, isFromRace);
  if (typeof body['id_token'] === 'string') {
    code.grant.idToken = body['id_token'];
  }
  const { families } = simulation.state;
  const family: Family = { name: `family ${families.length + 1}`, code, tokens: [] };
  families.push(family);
  addRefreshToken(simulation, body, family, isFromRace);
}

/** What a refresh gave. The answer to a repeat may have an access token that is known. */
export function addRefreshed(
  simulation: Simulation,
  family: Family,
  body: ResponseBody,
  api: Api | undefined,
  isFromRace = false,
): void {
  const { state, world } = simulation;
  const { code } = family;
  if (!state.tokens.some(({ value }) => value === body['access_token'])) {
    const token = addAccessToken(simulation, body, originOf(code), api, isFromRace);
    expect(code.scopes, 'scopes that the user has allowed').to.include.members([...token.scopes]);
  }
  if (!family.tokens.some(({ value }) => value === body['refresh_token'])) {
    addRefreshToken(simulation, body, family, isFromRace);
  }
  if (!code.isOffline) {
    useSession(code.grant.session, world.now());
  }
}

export function addPersonalToken(
  simulation: Simulation,
  user: User,
  api: Api,
  created: {
    readonly value: string;
    readonly id: string;
    readonly scopes: readonly string[];
    readonly lifetime: number;
  },
): void {
  const { id: personalId, lifetime, ...rest } = created;
  const expiresAt = simulation.world.now() + lifetime;
  const { name } = add(simulation, { ...rest, kind: 'personal', user, api, personalId, expiresAt });
  simulation.log(`${name} for ${api.registration.identifier}`);
}
