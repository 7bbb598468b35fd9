import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { loadConfig } from '../src/config/load.ts';
import { ConfigurationError } from '../src/errors.ts';
import { createLogger } from '../src/logging.ts';
import { createServer } from '../src/server.ts';
import { onEachDatabase } from './support/server.ts';

onEachDatabase('a server', (start) => {
  it('is ready only when its metadata and keys are complete, because caches keep its first answer', async () => {
    const { issuer } = await start();
    const read = async (path: string) => (await fetch(`${issuer}${path}`)).json() as Promise<Record<string, unknown>>;
    const [discovery, { keys }] = await Promise.all([read('/.well-known/openid-configuration'), read('/jwks')]);
    expect(discovery['id_token_signing_alg_values_supported']).to.have.members(['ES256', 'RS256']);
    expect((keys as { alg: string }[]).map(({ alg }) => alg)).to.have.members(['ES256', 'RS256']);
  });

  it('does not start with a SECRET that did not seal the database, and starts if both are listed', async () => {
    const { environment, server, services } = await start();
    const list = () => services.signingKeys.list();
    const before = await list();
    const open = (secret: string): ReturnType<typeof createServer> =>
      createServer(loadConfig({ environment: { ...environment, PORT: '0', SECRET: secret } }), {
        logger: createLogger({ level: 'silent' }),
      });
    const another = randomBytes(32).toString('base64url');

    const wrong = await open(another);
    const problem: unknown = await wrong.start().catch((error: unknown) => error);
    await wrong.stop();
    expect(problem).to.be.instanceOf(ConfigurationError).with.property('message').that.includes('SECRET: ');
    expect(await list()).to.deep.equal(before);

    const right = await open(`${another},${environment['SECRET'] ?? ''}`);
    await right.start();
    await right.stop();
    await server.stop();
  });
});
