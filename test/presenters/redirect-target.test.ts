import { expect } from 'chai';
import { redirectTarget } from '../../src/presenters/redirect-target.ts';

describe('the short form of a redirect URI on pages', () => {
  it('is the host of a web address', () => {
    expect(redirectTarget('https://app.example:8443/callback')).to.equal('app.example:8443');
    expect(redirectTarget('http://[::1]:5000/callback')).to.equal('[::1]:5000');
  });

  it('is the scheme of an app, also where a host follows it: nobody has proven to own that (RFC 8252 §7.1)', () => {
    expect(redirectTarget('com.example.books:/callback')).to.equal('com.example.books');
    expect(redirectTarget('com.example.books://accounts.example.com/callback')).to.equal('com.example.books');
    expect(redirectTarget('books://oauth')).to.equal('books');
  });
});
