/** Formats the second factors of a user for people. The JSON is in presenters/second-factors.ts. */
import type { SecondFactors } from '../../presenters/second-factors.ts';
import { list } from '../output.ts';
import { toText } from '../time-text.ts';

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export function secondFactorsToText({ required, apps, passkeys, recoveryCodes }: SecondFactors): string {
  const lines = [
    ...apps.map(
      ({ name, lastUsedAt }) => `app "${name}"${lastUsedAt === undefined ? '' : `, last used ${toText(lastUsedAt)}`}`,
    ),
    ...(passkeys === 0 ? [] : [counted(passkeys, 'passkey')]),
    ...(recoveryCodes === 0 ? [] : [counted(recoveryCodes, 'recovery code')]),
  ];
  const none = required ? 'none yet; set up at the next sign-in' : 'none';
  return list({ 'Second factors': lines.length === 0 ? none : lines.join('\n') });
}
