/** Reports what could not run on this machine and how to run it, once, after everything else (root-hooks.ts). */
const missing = new Map<string, string>();

/**
 * Names something that was skipped because the machine lacks a part.
 * @param what what was not run, as a reader of the results would say it.
 * @param howToRun a sentence that names the command or variable.
 */
export function reportSkipped(what: string, howToRun: string): void {
  missing.set(what, howToRun);
}

/** Everything that was reported, in order. */
export function skippedTests(): readonly { readonly what: string; readonly howToRun: string }[] {
  return [...missing].map(([what, howToRun]) => ({ what, howToRun }));
}
