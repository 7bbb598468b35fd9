import { expect } from 'chai';
import { createProxyWarnings } from '../../src/http/proxy-warnings.ts';

describe('http/proxy-warnings', () => {
  it('logs each mistake once for each proxy on a private network, and once for all other peers together', () => {
    const peers: string[] = [];
    const warn = createProxyWarnings({
      issuer: 'https://login.example.com',
      log: { warn: (fields) => peers.push((fields as { peer: string }).peer) },
    });
    for (const peer of ['10.0.0.1', '10.0.0.2', '10.0.0.1', '8.8.8.8', '9.9.9.9', 'fd00::1', '2a00::1']) {
      warn({ 'x-forwarded-for': '203.0.113.5' }, { peer, address: peer, isTrustedProxy: false });
    }
    expect(peers).to.deep.equal(['10.0.0.1', '10.0.0.2', '8.8.8.8', 'fd00::1']);
  });

  it('accepts the host of ISSUER with and without the default port, in upper and lower case', () => {
    const messages: string[] = [];
    const warn = createProxyWarnings({
      issuer: 'https://login.example.com',
      log: { warn: (_fields, message) => messages.push(message) },
    });
    const caller = { peer: '10.0.0.1', address: '203.0.113.5', isTrustedProxy: true };
    for (const host of ['login.example.com', 'LOGIN.example.com:443', 'login.example.com, 10.0.0.1']) {
      warn({ 'x-forwarded-for': '203.0.113.5', 'x-forwarded-host': host, 'x-forwarded-proto': 'HTTPS' }, caller);
    }
    expect(messages).to.deep.equal([]);
    warn({ 'x-forwarded-for': '203.0.113.5', 'x-forwarded-host': 'login.example.com:8443' }, caller);
    expect(messages).to.have.length(1);
  });
});
