/** Constructs the services for mails about sign-ins: signing in by mail, and sign-ins from new devices. */
import type { Secrets } from '../crypto/secrets.ts';
import { createDeviceTokens } from '../services/sign-in/device-tokens.ts';
import { createMailSignIn } from '../services/sign-in/mail-sign-in.ts';
import { createNewDevices, type NewDeviceDependencies } from '../services/sign-in/new-devices.ts';
import type { OneTimeLinks } from '../services/mails/one-time-links.ts';
import type { Repositories } from './repositories.ts';

type MailSignInDependencies = Parameters<typeof createMailSignIn>[0];

export function wireSignInMails({
  issuer,
  repositories,
  oneTimeLinks: links,
  secrets,
  ...deps
}: Pick<MailSignInDependencies, 'emails' | 'outbox' | 'mailLimits' | 'onOutcome'> &
  Omit<NewDeviceDependencies, 'users' | 'devices' | 'links' | 'addressOf'> & {
    readonly issuer: string;
    readonly repositories: Repositories;
    readonly oneTimeLinks: OneTimeLinks;
    readonly secrets: Secrets;
  }) {
  return {
    mailSignIn: createMailSignIn({
      ...deps,
      links,
      findByEmailKey: repositories.users.findByEmailKey,
      addressOf: (flow, token) => `${issuer}/interaction/${flow}/mail/${token}`,
    }),
    newDevices: createNewDevices({
      ...deps,
      links,
      users: repositories.users,
      devices: createDeviceTokens({ secrets, clock: deps.clock }),
      addressOf: (token) => `${issuer}/new-device/${token}`,
    }),
  };
}
