import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { createViews } from '../../src/views.ts';

const views = createViews({
  directory: fileURLToPath(new URL('../../views', import.meta.url)),
  brand: { name: 'Gatehouse' },
  development: false,
});

/** A proof that pages can be written from right to left, which is not complete. */
const incomplete = 'ar';

describe('the languages', () => {
  const english = [...views.messages('en').keys()];
  for (const locale of views.locales.filter((one) => one !== 'en')) {
    const own = views.messages(locale);

    const missing = english.filter((key) => !own.has(key));

    if (locale === incomplete) {
      it(`${locale} has a part of the messages of English`, () => {
        expect(missing).to.not.deep.equal([]);
      });
    } else {
      it(`${locale} has every message of English`, () => {
        expect(missing).to.deep.equal([]);
      });
    }
  }
});
