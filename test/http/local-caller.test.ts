import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { isLocalCaller } from '../../src/http/local-caller.ts';

function request(remoteAddress: string | undefined, headers: IncomingMessage['headers']): IncomingMessage {
  return { socket: { remoteAddress }, headers } as IncomingMessage;
}

describe('isLocalCaller', () => {
  it('accepts a direct request of this machine to one of its loopback names', () => {
    for (const address of ['127.0.0.1', '127.0.1.1', '::1', '::ffff:127.0.0.1']) {
      for (const host of ['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST:3000']) {
        expect(isLocalCaller(request(address, { host })), `${address} ${host}`).to.equal(true);
      }
    }
  });

  it('refuses every other peer, whatever host it names', () => {
    for (const address of [
      '192.0.2.7',
      '10.0.0.1',
      '172.17.0.1',
      'fe80::1',
      '::ffff:192.0.2.7',
      '1127.0.0.1',
      '',
      undefined,
    ]) {
      expect(isLocalCaller(request(address, { host: 'localhost:3000' })), address).to.equal(false);
    }
  });

  it('refuses a forwarded request: behind a proxy on this machine every connection comes from loopback', () => {
    for (const name of [
      'forwarded',
      'via',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-forwarded-port',
      'x-real-ip',
      'x-client-ip',
      'true-client-ip',
      'cf-connecting-ip',
      'fly-client-ip',
      'tailscale-user-login',
      'x-original-host',
    ]) {
      expect(isLocalCaller(request('127.0.0.1', { host: 'localhost:3000', [name]: '' })), name).to.equal(false);
    }
  });

  it('refuses another host name: of a proxy that adds no header, or of a page whose DNS name leads here (DNS rebinding)', () => {
    for (const host of [
      'login.example.com',
      'localhost.example.com',
      'rebound.example:3000',
      '127.0.0.1.example',
      '',
      undefined,
    ]) {
      expect(isLocalCaller(request('127.0.0.1', host === undefined ? {} : { host })), host).to.equal(false);
    }
  });
});
