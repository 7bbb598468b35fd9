/** Checks of a page that is used with the keyboard alone. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';

/** The focused element: its tag, and its name or text. */
export function focused(page: Page): Promise<string> {
  return page.evaluate('((e) => `${e.localName} ${e.name || e.textContent.trim()}`)(document.activeElement)');
}

/** Presses Tab and returns the focused element. Its outline must be visible. */
export async function tab(page: Page): Promise<string> {
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(
    `((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)(getComputedStyle(document.activeElement))`,
  );
  const name = await focused(page);
  expect(outline, `the focus on ${name} is visible`).to.equal(true);
  return name;
}

/** The maximum number of elements between two that a test names. */
const maxTabs = 40;

/** Presses Tab until an element is focused whose tag and name are these. */
export async function tabTo(page: Page, wanted: string): Promise<void> {
  const passed: string[] = [];
  while (passed.length < maxTabs) {
    const name = await tab(page);
    if (name === wanted) {
      return;
    }
    passed.push(name);
  }
  throw new Error(`Tab does not reach ${wanted}, only ${passed.join(', ')}`);
}
