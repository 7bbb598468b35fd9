/**
 * Which passwords may be chosen: long enough and not on the blocklist (NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 6.2). No
 * composition rules, no expiry, no hints. Applied wherever a password is set, and never when one is verified, so a user
 * with an old short password can still sign in.
 */
import { normalisePassword } from '../../crypto/passwords.ts';
import { InvalidInputError } from '../../errors.ts';
import type { BreachedPasswords } from './breached-passwords.ts';
import type { Profile } from '../values/profile.ts';

export type PasswordRejection = 'too_short' | 'too_long' | 'common' | 'breached' | 'context' | 'invalid';

/** A password that may not be chosen. The reason is a stable code, so that pages can translate it. */
export class PasswordRejectedError extends InvalidInputError {
  readonly reason: PasswordRejection;
  /** The minimum number of characters. */
  readonly minimum: number;

  constructor(reason: PasswordRejection, minimum: number, message: string) {
    super(message, 'password');
    this.reason = reason;
    this.minimum = minimum;
  }
}

/** What is known of the user. A password must not be made of it, because attackers try it first. */
export interface PasswordSubject {
  readonly email?: string;
  /** Names of the user. */
  readonly names?: readonly string[];
}

/** Collects the email and the names of a user. */
export function passwordSubjectOf(email: string, profile: Profile): PasswordSubject {
  const names = Object.entries(profile).flatMap(([claim, value]) =>
    claim.endsWith('name') && typeof value === 'string' ? [value] : [],
  );
  return { email, names };
}

export interface PasswordPolicy {
  /** The minimum number of characters (code points). */
  readonly minimum: number;
  /** @throws PasswordRejectedError */
  check(password: string, subject?: PasswordSubject): Promise<void>;
}

const maxCharacters = 1024;
const minContextWordLength = 3;
/** A password that repeats a piece shorter than this is easily guessed, even if the piece is not listed. */
const minRepeatedPieceLength = 8;
const minCoreLength = 4;

/** Keyboard rows, zigzags on a keyboard, the alphabet and the digits. */
const rows = [
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  '1234567890qwertyuiopasdfghjklzxcvbnm',
];
const runs = rows.flatMap((row) => [row, Array.from(row).toReversed().join('')]);

/** Normalises text for comparing with the lists: compatibility forms and case do not make a password stronger. */
export function foldPassword(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The shortest piece that the text repeats (the last copy may be cut off), or the text itself if it repeats none. */
function repeatedPiece(text: string): string {
  // The prefix function of Knuth, Morris and Pratt: linear, so that 1,024 characters are cheap.
  const borders: number[] = [0];
  for (let index = 1; index < text.length; index += 1) {
    let border = borders[index - 1] ?? 0;
    while (border > 0 && text[index] !== text[border]) {
      border = borders[border - 1] ?? 0;
    }
    borders.push(text[index] === text[border] ? border + 1 : 0);
  }
  const period = text.length - (borders.at(-1) ?? 0);
  return period * 2 <= text.length ? text.slice(0, period) : text;
}

/** Whether the whole text follows one of the runs, once or repeated. */
function isRun(text: string): boolean {
  const piece = repeatedPiece(text);
  return piece.length >= 3 && runs.some((run) => run.repeat(Math.ceil(piece.length / run.length) + 1).includes(piece));
}

/** The text without digits and signs at both ends, where people usually add them. */
function core(text: string): string {
  return text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
}

function isCommon(folded: string, listed: ReadonlySet<string>): boolean {
  const isWeak = (text: string): boolean => listed.has(text) || listed.has(repeatedPiece(text)) || isRun(text);
  const inside = core(folded);
  const words = new Set(folded.match(/\p{L}+/gu));
  const [onlyWord] = words;
  return (
    isWeak(folded) ||
    repeatedPiece(folded).length < minRepeatedPieceLength ||
    (inside.length >= minCoreLength && isWeak(inside)) ||
    (words.size === 1 && onlyWord !== undefined && onlyWord.length >= minCoreLength && isWeak(onlyWord))
  );
}

/** Whether the whole password, the piece that it repeats, or what is between added digits and signs is listed. */
async function isBreached(folded: string, breached: BreachedPasswords): Promise<boolean> {
  const candidates = new Set([folded, repeatedPiece(folded), core(folded)]);
  for (const candidate of candidates) {
    if (candidate.length >= minRepeatedPieceLength && (await breached.has(candidate))) {
      return true;
    }
  }
  return false;
}

/** The words of a text that an attacker would try: the whole text, and its parts between signs. */
function wordsOf(text: string): string[] {
  const folded = foldPassword(text);
  return [folded, ...folded.split(/[^\p{L}\p{N}]+/u)].filter((word) => word.length >= minContextWordLength);
}

/** Whether only digits and signs are left of the text after removing these words. */
function isMadeOf(folded: string, words: readonly string[]): boolean {
  // Long words first, so that a short word inside a long one does not split it.
  const byLength = [...new Set(words)].sort((left, right) => right.length - left.length);
  const rest = byLength.reduce((text, word) => text.replaceAll(word, ' '), folded);
  return rest !== folded && !/\p{L}/u.test(rest);
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/** Nearly 50,000 passwords from breaches. Loaded at the first check, since most processes never check a password. */
function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map(String)),
  );
  return commonPasswords;
}

/**
 * @param options.minimum minimum number of code points; 15 where a password is the only factor
 * @param options.breached passwords that are known from breaches
 * @param options.contextWords words of this installation: the brand's name, the issuer's host
 */
export function createPasswordPolicy({
  minimum = 15,
  contextWords = [],
  breached,
}: {
  readonly minimum?: number;
  readonly contextWords?: readonly string[];
  readonly breached: BreachedPasswords;
}): PasswordPolicy {
  const ownWords = ['gatehouse', ...contextWords].flatMap(wordsOf);

  function normalise(password: string): string {
    try {
      return normalisePassword(password);
    } catch (error) {
      if (error instanceof InvalidInputError) {
        throw new PasswordRejectedError('invalid', minimum, error.message);
      }
      throw error;
    }
  }

  return {
    minimum,
    check: async (password, { email, names = [] } = {}) => {
      const normalised = normalise(password);
      const length = Array.from(normalised).length;
      if (length < minimum) {
        throw new PasswordRejectedError(
          'too_short',
          minimum,
          `The password must have at least ${minimum} characters; this one has ${length}.`,
        );
      }
      if (length > maxCharacters) {
        throw new PasswordRejectedError(
          'too_long',
          minimum,
          `The password must have at most ${maxCharacters} characters.`,
        );
      }
      const folded = foldPassword(normalised);
      const words = [...ownWords, ...(email === undefined ? [] : wordsOf(email)), ...names.flatMap(wordsOf)];
      if (isMadeOf(folded, words)) {
        throw new PasswordRejectedError(
          'context',
          minimum,
          'The password is made of names or addresses that belong to you or to this site. Choose another.',
        );
      }
      if (isCommon(folded, await loadCommonPasswords())) {
        throw new PasswordRejectedError(
          'common',
          minimum,
          'The password is among those that are guessed first. Choose another.',
        );
      }
      if (await isBreached(folded, breached)) {
        throw new PasswordRejectedError(
          'breached',
          minimum,
          'The password is known from a breach of another site. Choose another.',
        );
      }
    },
  };
}
