/**
 * Makes `views/assets/password-estimator.js`, which pages load when the user begins to type a new password:
 * `@zxcvbn-ts/core`, and the most common passwords and the words of passphrases of `@zxcvbn-ts/language-common` (MIT).
 * It is only for the explanation on the page: the rules are in src/services/users/password-policy.ts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** More would make the file larger, and the server checks all of them anyway. */
const maxPasswords = 10_000;

export async function passwordEstimator(): Promise<string> {
  const core = dirname(createRequire(import.meta.url).resolve('@zxcvbn-ts/core'));
  const library = readFileSync(join(core, 'zxcvbn-ts.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common');
  const passwords = dictionary['passwords-common'].slice(0, maxPasswords).map(String);
  const words = dictionary['diceware-common'].map(String);
  const list = (texts: readonly string[]): string => `${JSON.stringify(texts.join('\n'))}.split('\\n')`;
  return `// Made by "npm run password-estimator" from @zxcvbn-ts/core and @zxcvbn-ts/language-common.
// Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc., and the contributors of zxcvbn-ts. MIT License.
${library.trim()}
this.passwordEstimator = new zxcvbnts.core.ZxcvbnFactory({
  dictionary: { passwords: ${list(passwords)}, words: ${list(words)} },
  graphs: ${JSON.stringify(adjacencyGraphs)},
});
`;
}
