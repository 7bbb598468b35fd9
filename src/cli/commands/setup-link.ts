/** `gatehouse setup-link`: the link whose page makes the first administrator, until it was used. */
import { NotFoundError } from '../../errors.ts';
import { setupLinkAddress } from '../../presenters/one-time-link.ts';
import type { Command } from '../command.ts';

const setupLink: Command = {
  verb: '',
  summary: 'Print the link that makes the first administrator',
  help: 'The link is the same each time, and works until it was used.',
  run: ({ withServices }) =>
    withServices(async ({ setup }, { issuer }) => {
      const token = await setup.setupLinkToken();
      if (token === undefined) {
        throw new NotFoundError(
          'The set-up is done: there is an administrator, and the link works no more. To make another: gatehouse user create --admin --email EMAIL',
        );
      }
      const link = setupLinkAddress(issuer, token);
      return { text: link, json: { link } };
    }),
};

export const commands: readonly Command[] = [setupLink];
