/**
 * Patterns of the subjects of workload identities, such as `repo:octo-org/octo-repo:ref:refs/heads/*`. The parts of a
 * subject are separated by `:` and `/`. A pattern covers the whole subject. `*` is any text within one part: otherwise
 * somebody who chooses one part, such as the name of a branch, could imitate the parts after it. `**` as the last part
 * is any text. The first two parts have no wildcard.
 */
import { z } from 'zod';
import { quoting } from './validation.ts';

const maxLength = 500;
const separators = /([:/])/;

/** Matches one part. Each `*` is at least one character; the shortest text for it is enough to find a match. */
function matchesPart(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) {
    return text === first;
  }
  let end = text.startsWith(first) ? first.length : -1;
  for (const literal of others) {
    const at = end === -1 ? -1 : text.indexOf(literal, end + 1);
    end = at === -1 ? -1 : at + literal.length;
  }
  return end !== -1 && text.length - last.length > end && text.endsWith(last);
}

/** Whether a subject matches a pattern that {@link subjectPattern} has accepted. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const isOpen = pattern.endsWith('**');
  const [expected, parts] = [(isOpen ? pattern.slice(0, -2) : pattern).split(separators), subject.split(separators)];
  if (isOpen) {
    // The empty text after the last separator.
    expected.pop();
  }
  const rest = parts.slice(expected.length).join('');
  return (
    expected.every((part, index) => matchesPart(part, parts[index] ?? '')) &&
    parts.length >= expected.length &&
    (rest !== '') === isOpen
  );
}

/**
 * The parts that name whose subjects these are, such as `repo` and `octo-org`. The empty parts of an address, as in
 * `spiffe://cluster`, name nothing.
 */
function firstParts(pattern: string): readonly string[] {
  return pattern
    .split(/[:/]/)
    .filter((part) => part !== '')
    .slice(0, 2);
}

export const subjectPattern = z
  .string()
  .refine((pattern) => pattern.length > 0 && pattern.length <= maxLength && /^[\x21-\x7e]+$/.test(pattern), {
    error: `Expected 1 to ${maxLength} printable ASCII characters without spaces.`,
    abort: true,
  })
  .refine((pattern) => !firstParts(pattern).some((part) => part.includes('*')), {
    error: quoting(
      '',
      ' has a wildcard in its first two parts: on a platform that many share, it could match the subjects of everybody. Begin with two fixed parts, such as repo:octo-org/ or system:serviceaccount:.',
    ),
    abort: true,
  })
  .refine((pattern) => !pattern.replace(/(?<=[:/])\*\*$/, '').includes('**'), {
    error: quoting('', ' has ** elsewhere than as its last part, after ":" or "/". * is any text within one part.'),
  });
