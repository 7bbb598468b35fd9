import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { createViews } from '../../src/views.ts';

const views = createViews({
  directory: fileURLToPath(new URL('../../views', import.meta.url)),
  brand: { name: 'Gatehouse' },
  development: false,
});

/** A proof that pages can be written from right to left, which may lack messages. */
const mayLackMessages = 'ar';

describe('the languages', () => {
  const english = [...views.messages('en').keys()];
  for (const locale of views.locales.filter((one) => one !== mayLackMessages)) {
    it(`${locale} has every message of English`, () => {
      const own = views.messages(locale);
      expect(english.filter((key) => !own.has(key))).to.deep.equal([]);
    });
  }
});
