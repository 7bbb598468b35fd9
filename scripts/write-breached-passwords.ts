/**
 * `npm run breached-passwords -- FILE…`: writes `config/breached-passwords.bin` from text files with one password a
 * line. `config/breached-passwords.md` has the commands that get the files. Run from the repository's root.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeBreachedPasswords } from '../src/services/users/breached-passwords.ts';
import { foldPassword } from '../src/services/users/password-policy.ts';

/** Some lists write a password that is not plain text as `$HEX[…]`. */
function decoded(line: string): string {
  const hex = /^\$HEX\[((?:[0-9a-f]{2})+)\]$/i.exec(line)?.[1];
  return hex === undefined ? line : Buffer.from(hex, 'hex').toString('utf8');
}

function* passwordsOf(files: readonly string[]): Generator<string> {
  for (const file of files) {
    for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
      if (line !== '') {
        yield foldPassword(decoded(line));
      }
    }
  }
}

const list = encodeBreachedPasswords(passwordsOf(process.argv.slice(2)));
writeFileSync('config/breached-passwords.bin', list);
