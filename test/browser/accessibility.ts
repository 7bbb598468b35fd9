/** Checks of a page in a browser: with axe-core, and whether it fits into a narrow window. */
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const phone = { width: 360, height: 740 };
const desktop = { width: 1280, height: 900 };
export const appearances = [
  { scheme: 'light', viewport: phone },
  { scheme: 'dark', viewport: desktop },
  { scheme: 'light', viewport: desktop },
  { scheme: 'dark', viewport: phone },
] as const;

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** The violations that axe-core finds, with all its rules, not only those of WCAG. */
export async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as readonly Finding[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

async function show(page: Page, { scheme, viewport }: (typeof appearances)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.setViewportSize(viewport);
}

/** Checks the current page in each of these appearances. */
export async function expectAccessible(
  page: Page,
  what: string,
  among: readonly (typeof appearances)[number][] = appearances,
): Promise<void> {
  for (const appearance of among) {
    await show(page, appearance);
    expect(await findings(page), `${what}, ${appearance.scheme}, ${appearance.viewport.width} px wide`).to.deep.equal(
      [],
    );
  }
}

/** The page fits into 320 px (WCAG 2.2, 1.4.10), and all controls are at least 44 px wide and high. */
export async function expectToFit(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate('document.documentElement.scrollWidth'), `width of ${what}`).to.be.at.most(320);
  const small =
    await page.evaluate(`[...document.querySelectorAll('button, a.button, input:not([type=hidden]):not(.unseen), summary')]
    .map((element) => element.type === 'checkbox' ? element.closest('label') : element)
    .map((element) => ({ name: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.height < 43.9 || box.width < 43.9))
    .map(({ name, box }) => name + ' is ' + box.width + ' by ' + box.height)`);
  expect(small, `small targets on ${what}`).to.deep.equal([]);
}
