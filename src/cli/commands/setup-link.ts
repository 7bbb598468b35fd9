/** `gatehouse setup-link`: prints the link whose page creates the first administrator, until the link was used. */
import { NotFoundError } from '../../errors.ts';
import { setupLinkAddress } from '../../presenters/one-time-link.ts';
import type { Command } from '../command.ts';

const setupLink: Command = {
  verb: '',
  summary: 'Print the link that creates the first administrator',
  help: 'The link is the same each time, and works until it is used.',
  run: ({ withServices }) =>
    withServices(async ({ setup }, { issuer }) => {
      const token = await setup.setupLinkToken();
      if (token === undefined) {
        throw new NotFoundError(
          'The set-up is complete: there is an administrator, and the link does not work any more. To create another administrator: gatehouse user create --admin --email EMAIL',
        );
      }
      const link = setupLinkAddress(issuer, token);
      return { text: link, json: { link } };
    }),
};

export const commands: readonly Command[] = [setupLink];
