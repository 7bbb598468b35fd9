import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { isPersonalAccessToken, newPersonalAccessToken } from '../../src/crypto/personal-access-tokens.ts';

const page = readFileSync(new URL('../../docs/personal-access-tokens.md', import.meta.url), 'utf8');

describe('the text of a personal access token', () => {
  it('is matched by the regular expression for scanners in docs/personal-access-tokens.md, and nothing around it', () => {
    const documented = new RegExp(/^```regex\n(.*)\n```$/m.exec(page)?.[1] ?? 'none', 'g');
    for (let round = 0; round < 200; round += 1) {
      const token = newPersonalAccessToken();
      expect([...`key="${token}";`.matchAll(documented)].map(([text]) => text)).to.deep.equal([token]);
      expect(`x${token}`, 'a longer word').to.not.match(new RegExp(documented.source));
      expect(`${token}x`, 'a longer word').to.not.match(new RegExp(documented.source));
    }
  });

  it('ends with the CRC-32 of the 30 characters before it, as six base62 digits', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const token = newPersonalAccessToken();
    const value = Array.from(token.slice(-6)).reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
    expect(value).to.equal(crc32(token.slice(8, 38)));
    const [, example = ''] = /`(gth_pat_[0-9A-Za-z]+)` has a valid checksum/.exec(page) ?? [];
    expect(isPersonalAccessToken(example), 'the example for scanners').to.equal(true);
  });

  it('is recognised by its checksum: one other character, a shorter and a longer text are not tokens', () => {
    const token = newPersonalAccessToken();
    expect(isPersonalAccessToken(token)).to.equal(true);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'x' ? 'y' : 'x';
      expect(isPersonalAccessToken(token.slice(0, at) + other + token.slice(at + 1)), `character ${at}`).to.equal(
        false,
      );
    }
    for (const text of ['', token.slice(0, -1), `${token}0`, ` ${token}`, `${token}\n`, token.toLowerCase()]) {
      expect(isPersonalAccessToken(text), JSON.stringify(text)).to.equal(false);
    }
  });

  it('is another one each time, and uses all characters', () => {
    const tokens = Array.from({ length: 500 }, newPersonalAccessToken);
    expect(new Set(tokens).size).to.equal(500);
    expect(new Set(tokens.flatMap((token) => Array.from(token.slice(8, 38)))).size).to.equal(62);
  });
});
