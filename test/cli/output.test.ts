import { expect } from 'chai';
import { printCard } from '../../src/cli/card.ts';
import { list, printable, table } from '../../src/cli/output.ts';

describe('output', () => {
  it('replaces control characters in a name, so that it cannot control the terminal', () => {
    expect(printable('evil\u001B[2J\r\u202Ename')).to.equal('evil\uFFFD[2J\uFFFD\uFFFDname');
  });

  it('prints each row on one line, in columns', () => {
    expect(
      table(
        ['NAME', 'TYPE'],
        [
          ['Prints', 'web'],
          ['a\nb', 'native'],
        ],
      ),
    ).to.equal('NAME    TYPE\nPrints  web\na b     native');
  });

  it('lists only fields that have a value', () => {
    expect(list({ id: '1', longer: 'x', none: undefined })).to.equal('id:     1\nlonger: x');
  });

  it('prints the card with set-up link, outbox, database, start time and commands', () => {
    const card = printCard({
      issuer: 'http://localhost:3000',
      setupLink: 'http://localhost:3000/setup/abc',
      outbox: 'http://localhost:3000/outbox',
      database: 'sqlite:/srv/data/gatehouse.db',
      demo: [{ title: 'A token', curl: "curl -u nightly-job:$(cat secret) 'http://localhost:3000/token'" }],
      elapsedMs: 812,
    });
    for (const part of [
      'http://localhost:3000/setup/abc',
      'http://localhost:3000/outbox',
      'sqlite:/srv/data/gatehouse.db',
      '0.8 s',
      '# A token',
    ]) {
      expect(card).to.include(part);
    }
    expect(card.split('\n')).to.include("curl -u nightly-job:$(cat secret) 'http://localhost:3000/token'");
  });
});
