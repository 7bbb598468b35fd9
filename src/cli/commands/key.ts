/** `gatehouse key …`: the keys that sign tokens. A running server uses a new key without a restart. */
import { presentSigningKey } from '../../presenters/signing-key.ts';
import type { SigningKey } from '../../services/tokens/signing-keys.ts';
import { commandLine, type Command } from '../command.ts';
import { table } from '../output.ts';
import { toText } from '../time-text.ts';

const listAll: Command = {
  verb: 'list',
  summary: 'List the signing keys and their states',
  help: `States:
  published  in the JWK Set, signs later
  signing    signs new tokens
  retiring   signs no more; tokens that it signed may still be valid
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
          ? 'There is no key yet: the server creates the first ones when it starts.'
          : table(['KEY', 'ALG', 'STATE', 'SIGNS FROM', 'RETIRES'], rows),
      json: { keys: keys.map(presentSigningKey) },
    };
  },
};

/** Describes the result of a rotation. */
function describe({ kid, alg, state, signsFrom }: SigningKey, isNew: boolean): string {
  if (state === 'signing') {
    return `Created the ${alg} key ${kid}. It signs from now on: there was none before.`;
  }
  return [
    isNew
      ? `Created the ${alg} key ${kid}. It is published now.`
      : `The ${alg} key ${kid} is already published and does not sign yet; no other key was created.`,
    `It signs from ${toText(signsFrom)}; until then the current key does.`,
    'The current key stays published until every token that it signed has expired.',
  ].join('\n');
}

const rotate: Command = {
  verb: 'rotate',
  summary: 'Create the next signing key: published now, signing later',
  options: [
    { flags: '--alg <alg>', description: 'The algorithm of the key: ES256 by default', choices: ['ES256', 'RS256'] },
  ],
  help: 'Needs no restart. While a published key does not sign yet, no other key is created.',
  run: ({ options, withServices }) =>
    withServices(async ({ signingKeys }) => {
      const alg = options.text('alg') === 'RS256' ? 'RS256' : 'ES256';
      const known = new Set((await signingKeys.list()).map(({ kid }) => kid));
      const key = await signingKeys.rotate({ alg }, commandLine);
      return { text: describe(key, !known.has(key.kid)), json: presentSigningKey(key) };
    }),
};

export const commands: readonly Command[] = [listAll, rotate];
