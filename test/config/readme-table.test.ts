import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { settingsTable, withSettingsTable } from '../../scripts/setting-documents.ts';

describe("the README's settings", () => {
  it('are those of the schema (npm run docs:settings)', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const section = /<!-- settings:start -->\n(.*)\n<!-- settings:end -->/s.exec(readme)?.[1];
    expect(section).to.equal(settingsTable());
  });

  it('are replaced without a change to the text around them', () => {
    const readme = 'before\n<!-- settings:start -->\nold\n<!-- settings:end -->\nafter\n';
    expect(withSettingsTable(readme)).to.equal(
      `before\n<!-- settings:start -->\n${settingsTable()}\n<!-- settings:end -->\nafter\n`,
    );
  });

  it('cannot be written if the section is missing', () => {
    expect(() => withSettingsTable('nothing')).to.throw('settings:start');
  });
});
