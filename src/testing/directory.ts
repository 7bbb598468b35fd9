/**
 * The users, clients and APIs of a test server, with the credentials that the server itself does not keep: a test needs
 * them to sign in.
 */
import { randomBytes } from 'node:crypto';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { Server } from '../server.ts';

type Services = Server['services'];

export interface NewTestUser {
  /** The `sub` of the tokens: begins with `usr_`. Random by default. */
  readonly id?: string;
  /** By default made from the id. */
  readonly email?: string;
  /** At least 8 characters. Random by default. */
  readonly password?: string;
  /** The claim `name`. */
  readonly name?: string;
  /** Other standard claims by name (OpenID Connect Core §5.1). */
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly groups?: readonly string[];
  /** True by default. */
  readonly emailVerified?: boolean;
  readonly role?: 'user' | 'administrator';
}

export interface TestUser {
  /** The `sub` of the user's tokens. */
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** The fields of `gatehouse client create`. By default a `web` client that may ask for all APIs that exist now. */
export type NewTestClient = Partial<Parameters<Services['clients']['create']>[0]>;

export interface TestClient {
  readonly clientId: string;
  /** Absent for a client that has none: `browser`, `native`, or one with keys of its own. */
  readonly clientSecret?: string;
  readonly redirectUris: readonly string[];
  readonly type: 'web' | 'browser' | 'native' | 'machine';
}

export interface NewTestApi {
  /** The absolute URI that apps name as `resource`, and the `aud` of the tokens. */
  readonly identifier: string;
  readonly scopes: readonly string[];
  /** `jwt` by default. */
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** Seconds. */
  readonly tokenLifetime?: number;
  /** `ES256` by default. For `RS256` a key is generated, which takes up to some seconds. */
  readonly tokenAlg?: 'ES256' | 'RS256';
  /** Whether users may make personal access tokens for it; false by default. */
  readonly personalTokens?: boolean;
  /** The claims about the user in its access tokens: the name, and the standard claim (`--claim`). */
  readonly claims?: readonly { readonly name: string; readonly field: string }[];
  /** By default the identifier. */
  readonly name?: string;
}

export interface TestApi {
  readonly identifier: string;
  readonly tokenFormat: 'jwt' | 'opaque';
}

export interface Directory {
  addUser(user?: NewTestUser): Promise<TestUser>;
  addClient(client?: NewTestClient): Promise<TestClient>;
  addApi(api: NewTestApi): Promise<TestApi>;
  /**
   * The user with this id or email, who is created if there is none.
   * @throws InvalidInputError for other text, and for a user that was created elsewhere: the password is not known
   */
  userOf(idOrEmail: string): Promise<TestUser>;
  /** @throws NotFoundError for a client that was not created here */
  clientOf(clientId: string): Promise<TestClient>;
  /** The app that users get tokens with, and the machine that gets tokens for itself, if a test names no client. */
  ownClient(type: 'web' | 'machine'): Promise<TestClient>;
  clients(): readonly TestClient[];
}

const actor = { actor: 'system' } as const;
/** Nothing listens there: only the address of the redirect is read. */
const defaultRedirectUri = 'http://127.0.0.1:9/callback';
const ownClientIds = { web: 'test-app', machine: 'test-machine' } as const;

/** Every user's id has the prefix, so that no client id can be mistaken for one. */
function isUserId(text: string): boolean {
  return /^usr_[\w-]{1,100}$/.test(text);
}

export function createDirectory(
  services: Services,
  /** Makes sure that there is a signing key of the algorithm, and that the server uses it. */
  ensureKey: (alg: 'ES256' | 'RS256') => Promise<void>,
): Directory {
  const passwords = new Map<string, string>();
  const clients = new Map<string, TestClient>();
  const own = new Map<string, Promise<TestClient>>();
  const creating = new Map<string, Promise<TestUser>>();

  async function addUser({ id, email, password, name, profile = {}, ...rest }: NewTestUser = {}): Promise<TestUser> {
    if (id !== undefined && !isUserId(id)) {
      throw new InvalidInputError(`Expected an id that begins with usr_, not "${id}".`, 'id');
    }
    const secret = password ?? randomBytes(18).toString('base64url');
    const created = await services.users.create(
      {
        emailVerified: true,
        ...rest,
        ...(id === undefined ? {} : { id }),
        email: email ?? `${id ?? `user-${randomBytes(6).toString('hex')}`}@example.com`,
        password: secret,
        profile: { ...profile, ...(name === undefined ? {} : { name }) },
      },
      actor,
    );
    passwords.set(created._id, secret);
    return { id: created._id, email: created.email, password: secret };
  }

  async function findOrAddUser(idOrEmail: string): Promise<TestUser> {
    const byEmail = idOrEmail.includes('@');
    if (!byEmail && !isUserId(idOrEmail)) {
      throw new InvalidInputError(
        `Expected the id of a user, which begins with usr_, or an email address, not "${idOrEmail}".`,
        'sub',
      );
    }
    const found = await (byEmail ? services.users.findByEmail(idOrEmail) : services.users.find(idOrEmail));
    if (found === null) {
      return addUser(byEmail ? { email: idOrEmail } : { id: idOrEmail });
    }
    const password = passwords.get(found._id);
    if (password === undefined) {
      throw new InvalidInputError(`The password of ${idOrEmail} is not known: create the user with addUser.`, 'sub');
    }
    return { id: found._id, email: found.email, password };
  }

  async function allApis(): Promise<readonly string[]> {
    return (await services.apis.list()).map(({ _id }) => _id);
  }

  async function addClient(input: NewTestClient = {}): Promise<TestClient> {
    const type = input.type ?? 'web';
    await ensureKey(input.idTokenAlg === 'RS256' ? 'RS256' : 'ES256');
    const { client, secret } = await services.clients.create(
      {
        name: 'Test app',
        apis: await allApis(),
        ...(type === 'machine' ? {} : { redirectUris: [defaultRedirectUri] }),
        ...input,
        type,
      },
      actor,
    );
    const created = {
      clientId: client._id,
      type,
      redirectUris: client.redirectUris,
      ...(secret === undefined ? {} : { clientSecret: secret }),
    };
    clients.set(client._id, created);
    return created;
  }

  return {
    addUser,
    addClient,

    addApi: async ({ identifier, scopes, tokenFormat = 'jwt', name = identifier, ...optional }) => {
      // Any other algorithm is refused by the service.
      await ensureKey(optional.tokenAlg === 'RS256' ? 'RS256' : 'ES256');
      const descriptions = scopes.map((value) => ({ value, description: value }));
      await services.apis.create({ identifier, name, tokenFormat, scopes: descriptions, ...optional }, actor);
      for (const client of own.values()) {
        await services.clients.update((await client).clientId, { apis: await allApis() }, actor);
      }
      return { identifier, tokenFormat };
    },

    userOf: (idOrEmail) => {
      // Several callers that ask for a new user at the same time get the same one.
      const pending = creating.get(idOrEmail) ?? findOrAddUser(idOrEmail);
      creating.set(idOrEmail, pending);
      return pending.finally(() => creating.delete(idOrEmail));
    },

    clientOf: (clientId) => {
      const client = clients.get(clientId);
      return client === undefined
        ? Promise.reject(new NotFoundError(`No client with the id "${clientId}" was created with addClient.`))
        : Promise.resolve(client);
    },

    ownClient: (type) => {
      const created =
        own.get(type) ??
        addClient({
          type,
          id: ownClientIds[type],
          name: ownClientIds[type],
          ...(type === 'web' ? { firstParty: true } : {}),
        });
      own.set(type, created);
      return created;
    },

    clients: () => [...clients.values()],
  };
}
