/** `gatehouse key …`: the keys that sign tokens. A running server takes up a new key by itself. */
import { presentSigningKey } from '../../presenters/signing-key.ts';
import type { SigningKey } from '../../services/signing-keys.ts';
import { commandLine, type Command } from '../command.ts';
import { table } from '../output.ts';
import { toText } from '../moments.ts';

const listAll: Command = {
  verb: 'list',
  summary: 'List the signing keys and what each does now',
  help: `States:
  published  can be fetched by everyone, signs later
  signing    signs new tokens
  retiring   signs no more; tokens that it signed are still alive
  retired    no longer published`,
  run: async ({ withServices }) => {
    const keys = await withServices(({ signingKeys }) => signingKeys.list());
    const rows = keys.map(({ kid, alg, state, signsFrom, retiresAt }) => [
      kid,
      alg,
      state,
      toText(signsFrom),
      retiresAt === undefined ? '-' : toText(retiresAt),
    ]);
    return {
      text:
        rows.length === 0
          ? 'There is no key yet: the server makes the first ones when it starts.'
          : table(['KEY', 'ALG', 'STATE', 'SIGNS FROM', 'RETIRES'], rows),
      json: { keys: keys.map(presentSigningKey) },
    };
  },
};

/** What a rotation did, in words. */
function describe({ kid, alg, state, signsFrom }: SigningKey, isNew: boolean): string {
  if (state === 'signing') {
    return `Made the ${alg} key ${kid}. It signs from now on: there was none before.`;
  }
  return [
    isNew
      ? `Made the ${alg} key ${kid}. It is published now.`
      : `The ${alg} key ${kid} waits to sign already; no other was made.`,
    `It signs from ${toText(signsFrom)}; until then the present key does.`,
    'The present key stays published until every token that it signed has expired.',
  ].join('\n');
}

const rotate: Command = {
  verb: 'rotate',
  summary: 'Make the next signing key: published first, signing later',
  options: [
    { flags: '--alg <alg>', description: 'Which kind of key: ES256 unless given', choices: ['ES256', 'RS256'] },
  ],
  help: 'Needs no restart. While a new key waits to sign, another is not made.',
  run: ({ options, withServices }) =>
    withServices(async ({ signingKeys }) => {
      const alg = options.text('alg') === 'RS256' ? 'RS256' : 'ES256';
      const known = new Set((await signingKeys.list()).map(({ kid }) => kid));
      const key = await signingKeys.rotate({ alg }, commandLine);
      return { text: describe(key, !known.has(key.kid)), json: presentSigningKey(key) };
    }),
};

export const commands: readonly Command[] = [listAll, rotate];
