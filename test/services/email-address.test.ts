import { expect } from 'chai';
import { InvalidInputError } from '../../src/errors.ts';
import { emailKeyOf, parseEmailAddress } from '../../src/services/values/email-address.ts';

describe('services/email-address', () => {
  it('keeps an address as entered, and compares it without regard to case', () => {
    const address = parseEmailAddress(' Ada.Lovelace+Notes@Example.COM ');
    expect(address).to.deep.equal({
      address: 'Ada.Lovelace+Notes@Example.COM',
      key: 'ada.lovelace+notes@example.com',
      mailbox: 'Ada.Lovelace+Notes@example.com',
    });
  });

  it('treats a domain in Unicode and in ASCII as equal (A12, RFC 5890)', () => {
    const keys = [
      'ada@exämple.com',
      'ada@EXÄMPLE.com',
      'ada@exa\u0308mple.com',
      'ada@xn--exmple-cua.com',
      'ada@ｅxämple.com',
    ].map((text) => parseEmailAddress(text).key);
    expect(new Set(keys)).to.deep.equal(new Set(['ada@xn--exmple-cua.com']));
    expect(parseEmailAddress('Ada@exämple.com').mailbox).to.equal('Ada@xn--exmple-cua.com');
  });

  for (const text of [
    '',
    'ada',
    '@',
    'ada@',
    '@example.com',
    'user＠x.com',
    'ada@b＠c.com',
    'ada﹫x.com',
    'a@b,c@d',
    'a@b.com,c@d.com',
    'a@b.com;c@d.com',
    'a@b.com c@d.com',
    'a@b.com\r\nBcc: c@d.com',
    'a@b.com\n',
    'a\0@b.com',
    'a@b.com\0',
    'a b@c.com',
    '"a b"@c.com',
    '<a@b.com>',
    'Ada <a@b.com>',
    'a..b@c.com',
    '.a@c.com',
    'a@localhost',
    'a@c..com',
    'a@c.com.',
    'a@-c.com',
    'a@c_d.com',
    'a@1.2.3.4',
    'a@[1.2.3.4]',
    'a@0x7f.1',
    'a@%41.com',
    'a@c.1',
    'аda@example.com',
    `${'a'.repeat(65)}@b.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(126)}com`,
    `a@${'b'.repeat(100_000)}.com`,
    `${' '.repeat(100_000)}x`,
    'a\ud800@b.com',
    'a@b\u202e.com',
    'a@b\u200b.com',
  ]) {
    it(`rejects ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect((): unknown => parseEmailAddress(text))
        .to.throw(InvalidInputError)
        .with.property('field', 'email');
      expect(emailKeyOf(text)).to.match(/^ /);
    });
  }
});
