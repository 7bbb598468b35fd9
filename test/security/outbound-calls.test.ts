/** Requests to apps reach public addresses and the private networks of OUTBOUND_ALLOW, and nothing else. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { lookup } from 'node:dns';
import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { createLogger } from '../../src/logging.ts';
import { causeOf } from '../../src/oidc/logout-delivery.ts';
import { createOutboundFetch } from '../../src/oidc/outbound-calls.ts';
import { createOutboundAddressService, createOutboundRule } from '../../src/services/values/outbound-addresses.ts';
import { startLogoutReceiver, type LogoutReceiver } from '../support/logout-receiver.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { tlsCertificate } from '../support/tls-certificate.ts';

const by = { actor: 'command line' };

onEachDatabase('back-channel logout in production', (start) => {
  let receiver: LogoutReceiver;
  beforeEach(async () => {
    receiver = await startLogoutReceiver();
  });
  afterEach(() => receiver.close());

  interface Attempt {
    readonly server: TestServer;
    readonly clock: ManualClock;
    readonly clientId: string;
    /** The warnings of the log about the notice. */
    readonly warnings: readonly string[];
  }

  /** Starts a server, registers an app with this address, and sends it one notice. */
  async function notify(uri: string, environment: Readonly<Record<string, string>> = {}): Promise<Attempt> {
    const warnings: string[] = [];
    const clock = manualClock();
    const server = await start({
      clock,
      logger: createLogger({
        level: 'warn',
        destination: { write: (line) => warnings.push(String(Reflect.get(Object(JSON.parse(line)), 'lastError'))) },
      }),
      environment: {
        NODE_ENV: 'production',
        ISSUER: 'https://login.example.test',
        PASSWORD_HASH_MEMORY_KIB: '19456',
        PASSWORD_HASH_PASSES: '2',
        SHUTDOWN_NOTICE: '0s',
        ...environment,
      },
    });
    const { client } = await server.services.clients.create(
      {
        name: 'Prints',
        type: 'web',
        development: true,
        redirectUris: ['https://prints.example/callback'],
        backchannelLogoutUri: uri,
      },
      by,
    );
    const clientId = client._id;
    await server.services.outbox.enqueue('backchannel_logout', { clientId, accountId: 'usr_x', sid: 's' });
    await server.services.outbox.deliverDue();
    return { server, clock, clientId, warnings: warnings.filter((warning) => warning !== 'undefined') };
  }

  it('is not sent to a private address by default, and the log names client, address and cause', async () => {
    const { clientId, warnings } = await notify(receiver.uri);
    expect(receiver.tokens).to.deep.equal([]);
    expect(warnings).to.have.length(1);
    expect(warnings[0])
      .to.include(clientId)
      .and.include(receiver.uri)
      .and.include('127.0.0.1 is not a public address, and OUTBOUND_ALLOW does not contain it');
  });

  it('is sent to an address of OUTBOUND_ALLOW, written as a number or as a name', async () => {
    const allow = { OUTBOUND_ALLOW: '127.0.0.0/8' };
    expect((await notify(receiver.uri, allow)).warnings).to.deep.equal([]);
    expect((await notify(receiver.uri.replace('127.0.0.1', 'localhost'), allow)).warnings).to.deep.equal([]);
    expect(receiver.tokens).to.have.length(2);
    expect(receiver.tokens[0]).to.match(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('is not sent to a private address outside of OUTBOUND_ALLOW, also not by a name', async () => {
    const allow = { OUTBOUND_ALLOW: '10.0.0.0/8,127.0.0.2' };
    const byAddress = await notify(receiver.uri, allow);
    expect(byAddress.warnings.join()).to.match(/127\.0\.0\.1 is not a public address/);
    const byName = await notify(receiver.uri.replace('127.0.0.1', 'localhost'), allow);
    expect(byName.warnings.join()).to.match(/localhost resolves to .*127\.0\.0\.1 is not a public address/);
    expect(receiver.tokens).to.deep.equal([]);
  });

  it('that could not be delivered is in the audit with client, address and cause, without the query of the address', async () => {
    const { server, clock, clientId } = await notify(`${receiver.uri}?key=hidden`);
    clock.advance(49 * 3600);
    await server.services.outbox.deliverDue();
    const [event] = await server.services.audit.list({ limit: 1 });
    expect(event).to.deep.include({ type: 'outbox.failed', outcome: 'failure', clientId });
    expect(event?.detail).to.include({ kind: 'backchannel_logout', attempts: 2, uri: receiver.uri });
    expect(event?.detail?.['cause']).to.match(/127\.0\.0\.1 is not a public address/);
    expect(JSON.stringify(event)).not.to.include('hidden');
  });

  it('that is answered with an error is in the audit without the query of the address, too', async () => {
    receiver.status = 500;
    const { server, clock, warnings } = await notify(`${receiver.uri}?key=hidden`, { OUTBOUND_ALLOW: '127.0.0.1' });
    expect(warnings.join()).to.match(/got: 500/);
    clock.advance(49 * 3600);
    await server.services.outbox.deliverDue();
    const [event] = await server.services.audit.list({ limit: 1 });
    expect(event?.detail?.['cause']).to.match(/got: 500/);
    expect(JSON.stringify(event)).not.to.include('hidden');
  });
});

/** A name server that gives a name these addresses, and counts the queries. */
function nameServer(...answers: readonly (readonly string[])[]): { queries: number; readonly lookup: typeof lookup } {
  const state = { queries: 0 };
  const answer = (_name: string, _options: object, callback: (error: null, addresses: object[]) => void): void => {
    const addresses = answers[Math.min(state.queries, answers.length - 1)] ?? [];
    state.queries += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(state, { lookup: answer as unknown as typeof lookup });
}

async function causeOfFailure(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(() => 'none', causeOf);
}

describe('a request to an app', () => {
  const limited = createOutboundRule({ privateNetworks: false, allow: ['127.0.0.0/8'] });
  let receiver: LogoutReceiver;
  beforeEach(async () => {
    receiver = await startLogoutReceiver();
  });
  afterEach(() => receiver.close());

  it('resolves the name once and connects to the checked address only (DNS rebinding)', async () => {
    const names = nameServer(['10.0.0.1', '127.0.0.1'], ['10.0.0.1']);
    const send = createOutboundFetch({ rule: limited, lookup: names.lookup });
    const uri = receiver.uri.replace('127.0.0.1', 'app.example');
    const answer = await send(uri, { method: 'POST', body: new URLSearchParams({ logout_token: 'x' }) });
    expect([answer.status, names.queries, receiver.tokens]).to.deep.equal([200, 1, ['x']]);
    expect(await causeOfFailure(send(uri))).to.match(/app\.example resolves to 10\.0\.0\.1 is not a public address/);
  });

  for (const address of [
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '[::]',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[fd12::1]',
    '[fd00:ec2::254]',
    '0x0a000001',
    '10.1',
  ]) {
    it(`is not sent to ${address}, nor to a name that resolves to it`, async () => {
      const url = new URL(`http://${address}/`);
      const names = nameServer([url.hostname.replaceAll(/^\[|\]$/g, '')]);
      const send = createOutboundFetch({ rule: limited, lookup: names.lookup });
      expect(await causeOfFailure(send(url))).to.match(/^not sent: /);
      expect(await causeOfFailure(send('http://app.example/'))).to.match(/^not sent: app\.example resolves to /);
    });
  }

  it('never goes to link-local or metadata addresses, also if a listed network contains them', () => {
    const rule = createOutboundRule({ privateNetworks: false, allow: ['fc00::/7', '100.64.0.0/10'] });
    expect(rule.refusalOf('fd12::1')).to.equal(undefined);
    expect(rule.refusalOf('fd00:ec2::254')).to.include('metadata');
    expect(rule.refusalOf('100.64.0.1')).to.equal(undefined);
    expect(rule.refusalOf('100.100.100.200')).to.include('metadata');
  });

  it('goes to public addresses, and to IPv4 addresses that are written as IPv6', () => {
    for (const address of ['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34', '::ffff:127.0.0.1']) {
      expect(limited.refusalOf(address), address).to.equal(undefined);
    }
  });

  it('does not follow a redirect', async () => {
    let followed = false;
    const server = createHttpServer((request, response) => {
      followed ||= request.url === '/next';
      response.writeHead(302, { location: '/next' }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const answer = await createOutboundFetch({ rule: limited })(`http://127.0.0.1:${port}/`);
      expect([answer.status, followed]).to.deep.equal([302, false]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('ends with its signal, before and after the first part of the answer', async () => {
    const server = createHttpServer((request, response) => {
      if (request.url === '/slow') {
        response.write('{');
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const send = createOutboundFetch({ rule: limited });
      const options = { signal: AbortSignal.timeout(200) };
      expect(await causeOfFailure(send(`http://127.0.0.1:${port}/silent`, options))).to.match(/aborted/);
      const answer = await send(`http://127.0.0.1:${port}/slow`, { signal: AbortSignal.timeout(500) });
      expect(await causeOfFailure(answer.text())).not.to.equal('none');
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('rejects an answer with a status that HTTP does not have', async () => {
    const server = createHttpServer((_request, response) => void response.writeHead(999).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const failure = await causeOfFailure(createOutboundFetch({ rule: limited })(`http://127.0.0.1:${port}/`));
      expect(failure).to.match(/status/i);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  describe('by https', () => {
    let server: Server;
    let send: ReturnType<typeof createOutboundFetch>;
    const url = (host: string): string => `https://${host}:${(server.address() as AddressInfo).port}/`;
    const trusted = getCACertificates('default');

    before(async () => {
      server = createServer(tlsCertificate, (_request, response) => void response.writeHead(204).end());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      send = createOutboundFetch({ rule: limited, lookup: nameServer(['127.0.0.1']).lookup });
    });
    after(() => {
      setDefaultCACertificates(trusted);
      server.close();
      server.closeAllConnections();
    });

    it('needs a certificate that is trusted and has the name of the app', async () => {
      expect(await causeOfFailure(send(url('app.example.test')))).to.match(/self-signed certificate/);
      setDefaultCACertificates([...trusted, tlsCertificate.cert]);
      expect((await send(url('app.example.test'))).status).to.equal(204);
      expect(await causeOfFailure(send(url('other.example')))).to.match(/altnames/);
    });
  });
});

describe('the address of an app at its registration', () => {
  const rule = createOutboundRule({ privateNetworks: false, allow: ['10.0.0.0/8'] });
  const addresses: Readonly<Record<string, readonly string[]>> = {
    'public.example': ['93.184.216.34'],
    'allowed.example': ['10.0.0.1'],
    'mixed.example': ['192.168.0.1', '10.0.0.1'],
    'private.example': ['192.168.0.1', 'fd12::1'],
  };
  const { warningsOf } = createOutboundAddressService({
    rule,
    resolve: (name) =>
      name in addresses ? Promise.resolve(addresses[name] ?? []) : Promise.reject(new Error('ENOTFOUND')),
  });
  const warn = (host: string): Promise<readonly string[]> =>
    warningsOf({ backchannelLogoutUri: `https://${host}/logout` });

  it('has no warning if a request would be sent there, or if there is no address', async () => {
    for (const host of ['public.example', 'allowed.example', 'mixed.example', '10.2.3.4', '93.184.216.34']) {
      expect(await warn(host), host).to.deep.equal([]);
    }
    expect(await warningsOf({})).to.deep.equal([]);
  });

  it('has a warning if it is private, resolves to private addresses only, or does not resolve', async () => {
    const expected: Readonly<Record<string, RegExp>> = {
      '192.168.0.1': /https:\/\/192\.168\.0\.1\/logout: 192\.168\.0\.1 is not a public address, and OUTBOUND_ALLOW/,
      '[::1]': /: ::1 is not a public address/,
      'private.example': /private\.example resolves to 192\.168\.0\.1 .*; fd12::1 /,
      'unknown.example': /the name unknown\.example does not resolve/,
    };
    for (const [host, pattern] of Object.entries(expected)) {
      const warnings = await warn(host);
      expect(warnings, host).to.have.length(1);
      expect(warnings[0]).to.match(pattern);
    }
  });

  it('has a warning after two seconds if the name server does not answer', async () => {
    const service = createOutboundAddressService({ rule, resolve: () => new Promise(() => {}) });
    const [warning] = await service.warningsOf({ backchannelLogoutUri: 'https://slow.example/logout' });
    expect(warning).to.match(/does not resolve/);
  });

  it('has no warning where all private networks are allowed', async () => {
    const service = createOutboundAddressService({ rule: createOutboundRule({ privateNetworks: true, allow: [] }) });
    expect(await service.warningsOf({ backchannelLogoutUri: 'https://192.168.0.1/logout' })).to.deep.equal([]);
  });
});
