/**
 * Registers what the OpenID conformance suite needs on a Gatehouse: four clients and a user whose profile is complete.
 * What an earlier run registered under the same alias is deleted first.
 */
import { randomBytes } from 'node:crypto';
import type { ServerServices } from '../support/app.ts';

const by = { actor: 'system' } as const;

/** A client as the suite's configuration has it. */
export interface SuiteClient {
  readonly client_id: string;
  readonly client_secret: string;
}

export interface Registration {
  /** Of most modules. */
  readonly client: SuiteClient;
  /** Must not be able to use a code or refresh token of the first. */
  readonly client2: SuiteClient;
  /** Authenticates by `client_secret_post`. */
  readonly client_secret_post: SuiteClient;
  /**
   * Has a back-channel logout address. The others have none, because the suite counts a call that a module does not
   * expect as a failure.
   */
  readonly backchannel: SuiteClient;
  readonly user: { readonly email: string; readonly password: string };
}

/** Every claim of the scopes profile, address and phone (OpenID Connect Core §5.4): the suite looks for all of them. */
const profile = {
  name: 'Ada King Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  middle_name: 'King',
  nickname: 'Ada',
  preferred_username: 'ada',
  profile: 'https://ada.example/about',
  picture: 'https://ada.example/ada.png',
  website: 'https://ada.example/',
  gender: 'female',
  birthdate: '1815-12-10',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  phone_number: '+442079460000',
  address: {
    formatted: '12 St James’s Square\nLondon SW1Y 4JH\nUnited Kingdom',
    street_address: '12 St James’s Square',
    locality: 'London',
    region: 'Greater London',
    postal_code: 'SW1Y 4JH',
    country: 'United Kingdom',
  },
};

/** The addresses of the suite at which it receives responses for this alias. */
export function suiteAddresses(suite: string, alias: string) {
  const base = `${suite}/test/a/${alias}`;
  return {
    callback: `${base}/callback`,
    /** Modules with two clients use it to see whether the query is kept. */
    callbackWithQuery: `${base}/callback?dummy1=lorem&dummy2=ipsum`,
    postLogoutRedirect: `${base}/post_logout_redirect`,
    backchannelLogout: `${base}/backchannel_logout`,
  };
}

/**
 * @param suite the address of the suite, without a path
 * @param alias the part of the suite's addresses that separates this configuration from others
 */
export async function registerForSuite(
  { services: { clients, users } }: ServerServices,
  suite: string,
  alias: string,
): Promise<Registration> {
  const addresses = suiteAddresses(suite, alias);

  async function register(
    name: string,
    more: { readonly authMethod?: string; readonly backchannelLogoutUri?: string } = {},
  ): Promise<SuiteClient> {
    const id = `conformance-${alias}-${name}`;
    if ((await clients.find(id)) !== null) {
      await clients.remove(id, by);
    }
    const { secret } = await clients.create(
      {
        id,
        name: `OpenID suite (${alias}, ${name})`,
        type: 'web',
        redirectUris: [addresses.callback, addresses.callbackWithQuery],
        postLogoutRedirectUris: [addresses.postLogoutRedirect],
        // 30 of the 35 modules of the basic plan send neither a challenge nor a nonce that the server may rely on.
        pkce: 'optional',
        // The default of OpenID Connect Registration §2, which certification is for.
        idTokenAlg: 'RS256',
        ...more,
      },
      by,
    );
    return { client_id: id, client_secret: secret ?? '' };
  }

  const email = `conformance-${alias}@suite.example`;
  const known = await users.findByEmail(email);
  if (known !== null) {
    await users.remove(known._id, by);
  }
  const password = `suite-${randomBytes(18).toString('base64url')}`;
  const user = await users.create({ email, password, emailVerified: true, profile }, by);
  await users.update(user._id, { phoneNumberVerified: true }, by);

  return {
    client: await register('first'),
    client2: await register('second'),
    client_secret_post: await register('post', { authMethod: 'client_secret_post' }),
    backchannel: await register('backchannel', { backchannelLogoutUri: addresses.backchannelLogout }),
    user: { email, password },
  };
}
