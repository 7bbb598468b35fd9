import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { parseSecrets } from '../../src/config/secret-list.ts';

function read(raw: string): readonly Buffer[] {
  const parsed = parseSecrets(raw);
  return 'secrets' in parsed ? parsed.secrets : [];
}

describe('parseSecrets', () => {
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    it(`reads 32 random bytes in ${encoding}`, () => {
      for (let round = 0; round < 200; round += 1) {
        const bytes = randomBytes(32);
        expect(read(bytes.toString(encoding))).to.deep.equal([bytes]);
      }
    });
  }

  it('reads several, separated by commas, newest first', () => {
    const [newest, older] = [randomBytes(32), randomBytes(48)];
    expect(read(`${newest.toString('base64')}, ${older.toString('hex')}`)).to.deep.equal([newest, older]);
  });

  it('refuses the whole list for one invalid entry, and names its position', () => {
    expect(parseSecrets(`${randomBytes(32).toString('hex')},abcd`))
      .to.have.property('fault')
      .that.includes('number 2 of 2');
  });

  const refused: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['31 bytes', randomBytes(31).toString('base64')],
    ['16 bytes in hex, though 32 characters', randomBytes(16).toString('hex')],
    ['28 bytes in hex, though more than 32 bytes if it were base64', randomBytes(28).toString('hex')],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['one repeated byte', Buffer.alloc(32, 7).toString('hex')],
    ['bytes that count up', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')],
    ['a short pattern', Buffer.alloc(32, 'abc1').toString('base64')],
    ['a repeated word', 'changeme'.repeat(6)],
    ['a phrase in lower case', 'thisisaverylongpassphrasethatnobodywillguess'],
    ['a placeholder', 'ChangeMe-before-production-0123456789-ABCDEF'],
    ['text that is not base64', 'correct horse battery staple correct horse ba!'],
  ];
  for (const [what, raw] of refused) {
    it(`refuses ${what}, and does not show it`, () => {
      const parsed = parseSecrets(raw);
      expect(parsed).to.have.property('fault');
      expect(raw === '' ? '' : JSON.stringify(parsed)).not.to.include(raw === '' ? 'never' : raw);
    });
  }
});
