/** A suite about one app: Gatehouse, the app that was registered there by commands, and a user, all running. */
import { expect } from 'chai';
import { run } from '../cli/terminal.ts';
import { createUser } from '../support/app.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';
import { startApp, type AppProcess } from './app-process.ts';
import { install, versionOf, type Language } from './packages.ts';
import { user } from './user.ts';

export interface App {
  /** The library's package, as its registry spells it. Its version is in the title of the suite. */
  readonly package: string;
  /** The app's file, from this folder, such as `javascript/openid-client.js`. */
  readonly file: `${Language}/${string}`;
  /** What is special about this way of using it: in the title of the suite. */
  readonly variant?: string;
  /** Variables of the app's environment, for a variant. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * What an operator types after `gatehouse` to register the app, separated by spaces. The last one is
   * `client create`: the app gets what it prints.
   * @param origin the address of the app
   */
  readonly commands: (origin: string) => readonly string[];
}

export interface RunningApp {
  readonly origin: string;
  readonly issuer: string;
  readonly server: TestServer;
  /** The `sub` of the user. */
  readonly userId: string;
  /** How many requests with a refresh token Gatehouse has answered with tokens. */
  refreshes(): Promise<number>;
  /** How many codes Gatehouse has answered with tokens. */
  redeemedCodes(): Promise<number>;
}

async function countIssued(issuer: string, grant: string): Promise<number> {
  const text = await (await fetch(`${issuer}/metrics`)).text();
  return Number(new RegExp(`^gatehouse_tokens_issued_total\\{grant="${grant}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** What `client create` prints, among other things. */
interface Credentials {
  readonly client_id: string;
  readonly client_secret?: string;
}

/** Runs a command as an operator does; returns what it printed. */
async function gatehouse({ environment }: TestServer, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run([...command.split(' '), '--json'], { environment });
  expect(exitCode, `gatehouse ${command}: ${stdout}${stderr}`).to.equal(0);
  return stdout;
}

/**
 * Declares a suite about an app. It is skipped where the packages cannot be installed.
 * @param declare declares the tests; receives what gives them access to the app
 */
export function describeApp(app: App, declare: (running: () => RunningApp) => void): void {
  const language = app.file.slice(0, app.file.indexOf('/')) as Language;

  const title = [`client ${app.package} ${versionOf(language, app.package)}`, app.variant ?? []].flat().join(', ');

  describe(title, function appSuite() {
    this.timeout(60_000);
    let running: RunningApp | undefined;
    let child: AppProcess | undefined;

    before(async function start() {
      this.timeout(600_000);
      const interpreter = await install(language);
      if (interpreter === null) {
        this.skip();
      }
      const server = await startTestServer();
      const port = await freePort();
      const origin = `http://localhost:${port}`;
      const { issuer } = server;
      const userId = await createUser(server, user.email);
      running = {
        origin,
        issuer,
        server,
        userId,
        refreshes: () => countIssued(issuer, 'refresh_token'),
        redeemedCodes: () => countIssued(issuer, 'authorization_code'),
      };
      let printed = '';
      for (const command of app.commands(origin)) {
        printed = await gatehouse(server, command);
      }
      const { client_id: clientId, client_secret: clientSecret } = JSON.parse(printed) as Credentials;
      child = await startApp({
        interpreter,
        file: app.file,
        port,
        issuer,
        clientId,
        clientSecret,
        environment: app.environment ?? {},
      });
    });
    afterEach('shows what the app printed', function showLog() {
      if (this.currentTest?.state === 'failed') {
        process.stdout.write(`${app.file} printed:\n${child?.log() ?? ''}\n`);
      }
    });
    after(async () => {
      await child?.stop();
      await running?.server.stop();
    });

    declare(() => {
      if (running === undefined) {
        throw new Error('the app runs once the suite has begun');
      }
      return running;
    });
  });
}
