/** Seeds a Gatehouse database for the benchmark, through the same services as the command line. */
import { loadConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/logging.ts';
import { createServer } from '../../src/server.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import {
  accessTokenLifetime,
  apis,
  factorUserEmails,
  password,
  redirectUri,
  users,
  type BenchClients,
  type FactorUser,
} from './setup.ts';

const by = { actor: 'system' } as const;
const seededAtOnce = 8;

/** @param environment the settings of the server; its database may be new */
export async function seed(
  environment: Readonly<Record<string, string>>,
  workingDirectory: string,
): Promise<BenchClients> {
  const server = await createServer(loadConfig({ environment, workingDirectory }), {
    logger: createLogger({ level: 'silent' }),
  });
  const { services } = server;
  try {
    await server.prepare();
    for (const { identifier, scope, format } of apis) {
      await services.apis.create(
        {
          identifier,
          name: identifier,
          tokenFormat: format,
          tokenLifetime: accessTokenLifetime,
          scopes: [{ value: scope, description: 'See them' }],
        },
        by,
      );
    }
    const identifiers = apis.map(({ identifier }) => identifier);
    const machine = await services.clients.create({ name: 'Nightly job', type: 'machine', apis: identifiers }, by);
    const app = await services.clients.create(
      { name: 'App', type: 'web', apis: identifiers, redirectUris: [redirectUri] },
      by,
    );
    const permission = {
      scopes: ['openid'],
      claims: [],
      resources: new Map(apis.map(({ identifier, scope }) => [identifier, [scope]])),
    };
    for (const { email } of users) {
      const user = await services.users.create(
        { email, password, emailVerified: true, profile: { name: 'Ada Lovelace' } },
        by,
      );
      await services.consents.remember(user._id, app.client._id, permission, by);
    }
    const factorUsers: FactorUser[] = [];
    const addFactorUser = async (email: string): Promise<void> => {
      const user = await services.users.create({ email, password, emailVerified: true }, by);
      const factor = await services.secondFactors.beginApp(user);
      const code = totpCode(factor.seed, new Date(Date.now() - 30_000));
      await services.secondFactors.addApp(user, { ...factor, name: 'Phone', code }, by);
      await services.consents.remember(user._id, app.client._id, permission, by);
      factorUsers.push({ email, seed: factor.seed });
    };
    for (let first = 0; first < factorUserEmails.length; first += seededAtOnce) {
      await Promise.all(factorUserEmails.slice(first, first + seededAtOnce).map(addFactorUser));
    }
    return {
      factorUsers,
      machine: { id: machine.client._id, secret: machine.secret ?? '' },
      app: { id: app.client._id, secret: app.secret ?? '' },
    };
  } finally {
    await server.close();
  }
}
