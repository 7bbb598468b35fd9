/** The tests that cannot run on this machine, and how to run them. Reported once, at the end (root-hooks.ts). */
const skipped = new Map<string, string>();

/**
 * Records that tests were skipped because this machine lacks something that they need.
 * @param what the tests that were skipped, as a noun phrase
 * @param howToRun a sentence that names the command or the variable
 */
export function reportSkipped(what: string, howToRun: string): void {
  skipped.set(what, howToRun);
}

/** Everything that was recorded, in order. */
export function skippedTests(): readonly { readonly what: string; readonly howToRun: string }[] {
  return [...skipped].map(([what, howToRun]) => ({ what, howToRun }));
}
