import { expect } from 'chai';
import { matchesSubject, subjectPattern } from '../../src/services/values/subject-patterns.ts';

describe('a pattern of subjects', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'system:serviceaccount:jobs:backup',
      ['system:serviceaccount:jobs:backup'],
      ['system:serviceaccount:jobs:backup2', 'xsystem:serviceaccount:jobs:backup', 'system:serviceaccount:jobs', ''],
    ],
    [
      'system:serviceaccount:jobs:*',
      ['system:serviceaccount:jobs:backup', 'system:serviceaccount:jobs:b'],
      ['system:serviceaccount:jobs:', 'system:serviceaccount:jobs:a:b', 'system:serviceaccount:other:backup'],
    ],
    [
      'repo:octo/app:ref:refs/heads/*',
      ['repo:octo/app:ref:refs/heads/main'],
      [
        'repo:octo/app:ref:refs/heads/feature/x',
        'repo:octo/app:ref:refs/tags/v1',
        'repo:octo/app2:ref:refs/heads/main',
        'repo:octo:app:ref:refs/heads/main',
      ],
    ],
    [
      'repo:octo/*:environment:production',
      ['repo:octo/app:environment:production'],
      // A name of an environment may contain a colon.
      ['repo:octo/evil:environment:x:environment:production', 'repo:octo/a/b:environment:production'],
    ],
    [
      'repo:octo/app:**',
      ['repo:octo/app:ref:refs/heads/feature/x', 'repo:octo/app:x', 'repo:octo/app:environment:a:b'],
      ['repo:octo/app:', 'repo:octo/app', 'repo:octo/app2:x'],
    ],
    [
      'spiffe://cluster/ns/*/sa/**',
      ['spiffe://cluster/ns/a/sa/b', 'spiffe://cluster/ns/a/sa/b/c'],
      ['spiffe://cluster/ns/a/b/sa/c'],
    ],
    ['spiffe://cluster/*', ['spiffe://cluster/a'], ['spiffe://cluster/a/b', 'spiffe://other/a', 'spiffe:/cluster/a']],
    [
      'ci:a:job-*-of-*',
      ['ci:a:job-1-of-2', 'ci:a:job--of--of-2'],
      ['ci:a:job--of-2', 'ci:a:job-1-of-', 'ci:a:job-1of-2'],
    ],
    ['x:y/a*a', ['x:y/aaa', 'x:y/aba'], ['x:y/aa', 'x:y/a', 'x:y/ab']],
    ['a.c', ['a.c'], ['abc']],
    ['[ab]+(c|d)$', ['[ab]+(c|d)$'], ['ac', 'a', 'b']],
  ];
  for (const [pattern, matching, others] of cases) {
    it(`${pattern} matches whole subjects, and * only within one part`, () => {
      expect(subjectPattern.safeParse(pattern).success).to.equal(true);
      expect(matching.filter((subject) => !matchesSubject(pattern, subject))).to.deep.equal([]);
      expect(others.filter((subject) => matchesSubject(pattern, subject))).to.deep.equal([]);
    });
  }

  it('is matched in little time, however it is built', () => {
    const pattern = `a${'*a'.repeat(200)}`;
    expect(matchesSubject(pattern, `${'a'.repeat(100_000)}b`)).to.equal(false);
    expect(matchesSubject(pattern, 'a'.repeat(100_000))).to.equal(true);
  });

  it('is rejected when one of its first two parts has a wildcard: it could match the subjects of everybody', () => {
    for (const pattern of [
      '*',
      '**',
      '*:x',
      '**:x',
      'a**',
      'job-*',
      'repo:**',
      'repo:*',
      'repo:*/*:**',
      'repo:*/app:ref:refs/heads/main',
      'repo:octo-*/app:**',
      'repo:octo**',
      'rep*:octo/app:x',
      'spiffe://*/ns/a',
      'spiffe://**',
      ':/:**',
    ]) {
      const { error } = subjectPattern.safeParse(pattern);
      expect(error?.issues[0]?.message, pattern).to.contain(`"${pattern}" has a wildcard in its first two parts`);
    }
  });

  it('is rejected when it is empty, too long or not ASCII, or has ** elsewhere than as its last part', () => {
    for (const pattern of ['', 'a:b:**:c', 'a:b:c**', 'a:b:***', 'a b', 'ä', 'x'.repeat(501)]) {
      expect(subjectPattern.safeParse(pattern).success, pattern).to.equal(false);
    }
  });
});
