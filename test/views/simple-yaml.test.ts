import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readSimpleYaml } from '../../src/views/simple-yaml.ts';

const folder = fileURLToPath(new URL('../../views/locales/', import.meta.url));

describe('the reader of simple YAML', () => {
  for (const name of readdirSync(folder)) {
    it(`reads ${name} as the YAML library does`, () => {
      const text = readFileSync(`${folder}${name}`, 'utf8');
      expect(readSimpleYaml(text)).to.deep.equal(parse(text));
    });
  }

  it('reads maps, plain texts and texts in quotation marks', () => {
    const text =
      "# note\na:\n  b: Text, with 'marks' and a:b#c\n  c:\n    d: 'It''s {name}: fine # really'\n\n  e: (x)\nf: Ä\n'0': g\nh: \"i, 'j': #\"\n";
    expect(readSimpleYaml(text)).to.deep.equal(parse(text));
    expect(readSimpleYaml(text)).to.deep.equal({
      a: { b: "Text, with 'marks' and a:b#c", c: { d: "It's {name}: fine # really" }, e: '(x)' },
      f: 'Ä',
      0: 'g',
      h: "i, 'j': #",
    });
  });

  const others: readonly (readonly [string, string])[] = [
    ['a comment after a text', 'a: text # note\n'],
    ['a nested map on one line', 'a: {b: c}\n'],
    ['a map in a plain text', 'a: b: c\n'],
    ['a text that ends in a colon', 'a: b:\n'],
    ['an escape in double quotation marks', 'a: "b\\n"\n'],
    ['a block text', 'a: |\n  b\n'],
    ['a text over two lines', 'a: b\n  c\n'],
    ['a list', 'a:\n  - b\n'],
    ['an anchor', 'a: &b c\n'],
    ['a number', 'a: 12\n'],
    ['a word that is no text', 'a: null\n'],
    ['another such word', 'a: True\n'],
    ['a key that occurs twice', 'a: b\na: c\n'],
    ['no value at the end', 'a:\n'],
    ['no value in the middle', 'a:\nb: c\n'],
    ['no value before a shallower key', 'a:\n  b:\nc: d\n'],
    ['four spaces', 'a:\n    b: c\n'],
    ['a deeper key under a text', 'a: b\n  c: d\n'],
    ['a tab', 'a:\n\tb: c\n'],
    ['a line break of Windows', 'a: b\r\n'],
    ['a space at the end', 'a: b \n'],
    ['a quotation mark inside', "a: 'b'c'\n"],
    ['a numeric key', '1: b\n'],
    ['several documents', 'a: b\n---\nc: d\n'],
    ['nothing', '# note\n'],
    ['the prototype of an object', "'__proto__': b\n"],
  ];
  for (const [what, text] of others) {
    it(`leaves ${what} to the library`, () => {
      expect(readSimpleYaml(text)).to.equal(undefined);
    });
  }
});
