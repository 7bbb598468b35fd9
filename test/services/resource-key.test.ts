/** The comparison of API addresses. */
import { expect } from 'chai';
import { registeredIdentifier, resourceKey } from '../../src/services/values/resource-key.ts';

describe('two identifiers of APIs', () => {
  for (const [one, other, rule] of [
    ['https://mcp.example.com', 'https://mcp.example.com/', 'an empty path, RFC 3986 §6.2.3'],
    ['https://mcp.example.com', 'https://mcp.example.com:443', 'the default port, §6.2.3'],
    ['https://mcp.example.com', 'https://mcp.example.com:/', 'an empty port, §6.2.3'],
    ['http://mcp.example.com/a', 'http://mcp.example.com:80/a', 'the default port of http, §6.2.3'],
    ['https://mcp.example.com/A', 'HTTPS://MCP.Example.COM/A', 'the case of scheme and host, §6.2.2.1'],
    ['https://[2001:db8::a]/x', 'https://[2001:DB8::A]:443/x', 'the case of an IPv6 address, §6.2.2.1'],
    ['https://a.example/%2f', 'https://a.example/%2F', 'the case of an encoding, §6.2.2.1'],
    ['https://a.example/~ada', 'https://a.example/%7eada', 'an encoding that is not needed, §6.2.2.2'],
    ['https://a.example/', 'https://%61.example', 'an encoding in the host, §6.2.2.2'],
    ['https://a.example/b/d', 'https://a.example/b/./c/../d', 'dot segments, §6.2.2.3'],
    ['https://a.example/b/', 'https://a.example/b/c/%2E%2e', 'encoded dot segments, §6.2.2'],
    ['https://a.example?x=1', 'https://a.example/?x=1', 'an empty path before a query, §6.2.3'],
    ['urn:example:photos', 'URN:example:photos', 'the case of the scheme, §6.2.2.1'],
  ] as const) {
    it(`are the same address: ${one} and ${other} (${rule})`, () => {
      expect(resourceKey(other)).to.equal(resourceKey(one));
    });
  }

  for (const [one, other] of [
    ['https://a.example/b', 'https://a.example/b/'],
    ['https://a.example/b', 'https://a.example/B'],
    ['https://a.example', 'http://a.example'],
    ['https://a.example', 'https://a.example:8443'],
    ['https://a.example', 'https://b.example'],
    ['https://a.example', 'https://user@a.example'],
    ['https://a.example/?x=A', 'https://a.example/?x=a'],
    ['https://a.example', 'https://a.example?'],
    ['https://a.example/%2F', 'https://a.example//'],
    ['https://a.example/%2541', 'https://a.example/A'],
    ['https://a.example/b', String.raw`https://a.example\b`],
    ['https://a.example', 'https:a.example'],
    ['https://a.example', 'https:///a.example'],
    ['https://a.example', 'https://a.example#x'],
    ['https://a.example', 'https://a.example\n'],
    ['https://127.0.0.1', 'https://0x7f.1'],
    ['urn:example:photos', 'urn:example:Photos'],
  ] as const) {
    it(`are different addresses: ${one} and ${JSON.stringify(other)} (RFC 3986 §6.2)`, () => {
      expect(resourceKey(other)).to.not.equal(resourceKey(one));
    });
  }

  it('are found by the equal text first, because earlier versions could register both', () => {
    const registered = ['https://a.example', 'https://a.example/'];
    expect(registeredIdentifier(registered, 'https://a.example/')).to.equal('https://a.example/');
    expect(registeredIdentifier(registered, 'https://a.example')).to.equal('https://a.example');
    expect(registeredIdentifier(registered, 'https://A.example')).to.equal('https://a.example');
    expect(registeredIdentifier(registered, 'https://b.example')).to.equal(undefined);
  });

  it('that are no URI are compared as text', () => {
    for (const text of ['photos', '', 'https://a.example:x', ':', '%', 'https://[::1']) {
      expect(resourceKey(text)).to.equal(text);
    }
  });
});
