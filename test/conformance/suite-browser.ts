/** Runs the browser part of the suite's configuration in Chromium, as the suite's own browser does. */
import type { Page } from 'playwright-core';
import type { BrowserCommand, BrowserScript } from './suite-configuration.ts';

/** The suite's patterns: `*` is any text, everything else is literal. */
function matches(pattern: string, address: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(address);
}

function selector(by: string, target: string): string {
  const selectors: Readonly<Record<string, string>> = {
    id: `#${target}`,
    name: `[name="${target}"]`,
    css: target,
    xpath: `xpath=${target}`,
  };
  const found = selectors[by];
  if (found === undefined) {
    throw new Error(`the suite has no selector "${by}"`);
  }
  return found;
}

/** @returns the text of the page, if the command keeps it */
async function runCommand(
  page: Page,
  [command, by, target, ...more]: BrowserCommand,
  maxWaitMs: number,
): Promise<string | undefined> {
  const element = page.locator(selector(by, target)).first();
  if (command === 'wait') {
    const [, text, action] = more;
    await element.waitFor({ state: 'attached', timeout: maxWaitMs });
    if (text === undefined) {
      return undefined;
    }
    const shown = await page.locator('body').innerText();
    if (!new RegExp(String(text)).test(shown)) {
      throw new Error(`"${String(text)}" is not on ${page.url()}: ${shown}`);
    }
    return action === undefined ? undefined : shown;
  }
  if ((await element.count()) === 0) {
    if (more.at(-1) === 'optional') {
      return undefined;
    }
    throw new Error(`${target} is not on ${page.url()}`);
  }
  await (command === 'text' ? element.fill(String(more[0])) : element.click());
  await page.waitForLoadState();
  return undefined;
}

/**
 * Opens the address with the first script that matches it.
 * @returns the pages that a module would keep, as text
 * @throws when a page has an unexpected address, or lacks what a command needs
 */
export async function visitAsSuite(page: Page, scripts: readonly BrowserScript[], address: string): Promise<string[]> {
  const script = scripts.find(({ match }) => matches(match, address));
  if (script === undefined) {
    throw new Error(`no script for ${address}`);
  }
  const kept: string[] = [];
  await page.goto(address);
  for (const { task, match, optional, commands = [] } of script.tasks) {
    if (!matches(match, page.url())) {
      if (optional === true) {
        continue;
      }
      throw new Error(`unexpected address in "${task}": ${page.url()}: ${await page.locator('body').innerText()}`);
    }
    for (const command of commands) {
      const text = await runCommand(page, command, 10_000);
      kept.push(...(text === undefined ? [] : [text]));
    }
  }
  return kept;
}
