/**
 * `npm run -s conformance -- --suite ADDRESS > gatehouse.json`: prints the configuration with which the OpenID
 * conformance suite tests a Gatehouse. See docs/conformance.md.
 *
 *     --suite ADDRESS      where the suite runs, such as https://localhost.emobix.co.uk:8443
 *     --alias NAME         the suite's name for this configuration; gatehouse by default
 *     --issuer ADDRESS     https address at which the suite reaches the Gatehouse that is started
 *     --register           registers on the Gatehouse whose settings are in the environment, and starts none
 *
 * The started Gatehouse has an empty database in a temporary folder, and a TLS proxy with a self-signed certificate on
 * the issuer's port. It runs until it is interrupted.
 */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/logging.ts';
import { createServer } from '../../src/server.ts';
import { startTlsProxy } from '../support/reverse-proxy.ts';
import { freePort, startTestServer } from '../support/server.ts';
import type { ServerServices } from '../support/app.ts';
import { registerForSuite } from './registration.ts';
import { createSuiteConfiguration, plans } from './suite-configuration.ts';

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', default: 'https://localhost.emobix.co.uk:8443' },
    alias: { type: 'string', default: 'gatehouse' },
    issuer: { type: 'string', default: 'https://gatehouse.example.test:9443' },
    register: { type: 'boolean', default: false },
  },
});

const suite = new URL(options.suite).origin;

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function print(server: ServerServices, issuer: string): Promise<void> {
  const registration = await registerForSuite(server, suite, options.alias);
  const configuration = createSuiteConfiguration(issuer, suite, options.alias, registration);
  process.stdout.write(`${JSON.stringify(configuration, null, 2)}\n`);
  const arguments_ = plans.map((plan) => `  '${plan}' gatehouse.json`).join(' \\\n');
  note(`Registered on ${issuer}. With the output as gatehouse.json, in the folder scripts of the suite:`);
  note(`export CONFORMANCE_SERVER=${suite}/ CONFORMANCE_DEV_MODE=1 DISABLE_SSL_VERIFY=1`);
  // Modules share the alias, so they cannot run at the same time.
  note(`python3 run-test-plan.py --no-parallel \\\n${arguments_}`);
}

async function register(): Promise<void> {
  const config = loadConfig({ environment: process.env, workingDirectory: process.cwd() });
  const server = await createServer(config, { logger: createLogger({ level: 'warn' }) });
  try {
    await server.prepare();
    await print(server, config.issuer);
  } finally {
    await server.close();
  }
}

async function serve(): Promise<void> {
  const issuer = new URL(options.issuer);
  const port = await freePort();
  const server = await startTestServer({
    port,
    environment: { ISSUER: issuer.origin, TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'warn' },
  });
  const proxy = await startTlsProxy({
    port: issuer.port === '' ? 443 : Number(issuer.port),
    host: issuer.host,
    serverPort: port,
    others: (_request, response) => response.writeHead(404).end(),
    address: '0.0.0.0',
  });
  await print(server, issuer.origin);
  note('Gatehouse runs until you press Ctrl+C.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await proxy.stop();
  await server.stop();
}

await (options.register ? register() : serve());
