/** Everything that code and tests cite is in docs/decisions.md, so that a reader can look up every number and code. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect } from 'chai';
import { sourceFiles } from './support/source-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const decisions = readFileSync(join(root, 'docs/decisions.md'), 'utf8');

const numbers = [...decisions.matchAll(/^### Decision (\d+): /gm)].map(([, number = '']) => number);
const codes = [...decisions.matchAll(/^\| ([A-F]\d{1,2}) \|/gm)].map(([, code = '']) => code);

const sources = sourceFiles(
  ['src', 'scripts', 'test', 'views', 'config', 'examples', 'docs'],
  ['ts', 'js', 'eta', 'css', 'yaml', 'md'],
).filter((file) => file !== 'docs/decisions.md' && file !== 'test/decisions.test.ts');

/** The comments of a source file and the titles of a test file, which are where citations are. */
function prose(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  return file.endsWith('.ts')
    ? [
        ...text.matchAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g),
        ...text.matchAll(/^\s*(?:it|describe|describe\w+|onEachDatabase)\(\s*['"`].*$/gm),
        ...text.matchAll(/^\s*['"`][^'"`\n]*['"`],\s*$/gm),
      ]
        .map(([found]) => found)
        .join('\n')
    : text;
}

const cited = sources.map((file) => ({ file, text: prose(file) }));

describe('docs/decisions.md', () => {
  it('numbers its decisions without gaps, and names each code once', () => {
    expect(numbers).to.deep.equal(numbers.map((_, at) => String(at + 1)));
    expect(numbers).to.have.length.greaterThan(5);
    expect(codes).to.deep.equal([...new Set(codes)]);
    expect(codes).to.have.length.greaterThan(40);
  });

  it('has every decision that code, tests or documents cite', () => {
    const missing = cited.flatMap(({ file, text }) =>
      [...text.matchAll(/\bdecisions? (\d+)/gi)]
        .map(([, number = '']) => number)
        .filter((number) => !numbers.includes(number))
        .map((number) => `${file}: decision ${number}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('has every code that code or tests cite in brackets', () => {
    const missing = cited.flatMap(({ file, text }) =>
      [...text.matchAll(/\(([^()]*)\)/g)].flatMap(([, inside = '']) =>
        [...inside.matchAll(/(?:^|, )([A-F]\d{1,2})(?=$|, )/g)]
          .map(([, code = '']) => code)
          .filter((code) => !codes.includes(code))
          .map((code) => `${file}: ${code}`),
      ),
    );
    expect(missing).to.deep.equal([]);
  });

  it('lists only attacks and faults that a test cites', () => {
    const tests = cited
      .filter(({ file }) => file.startsWith('test/'))
      .map(({ text }) => text)
      .join('\n');
    expect(codes.filter((code) => !new RegExp(`[(, ]${code}[), ]`).test(tests))).to.deep.equal([]);
  });

  it('is the only document of that kind: nothing outside the repository is cited', () => {
    const outside = /security-bar|engine-facts|\.\.\/shared|\bissue \d+\b/i;
    expect(cited.filter(({ text }) => outside.test(text)).map(({ file }) => file)).to.deep.equal([]);
  });
});
