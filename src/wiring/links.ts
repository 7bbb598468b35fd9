/** Constructs the services for one-time links, on which other services depend. */
import { createMailLimits } from '../services/mails/mail-limits.ts';
import { createOneTimeLinks, type OneTimeLinkDependencies } from '../services/mails/one-time-links.ts';
import type { Repositories } from './repositories.ts';

export function wireLinks({
  repositories,
  ...deps
}: Omit<OneTimeLinkDependencies, 'tokens' | 'users'> & { readonly repositories: Repositories }) {
  return {
    oneTimeLinks: createOneTimeLinks({ ...deps, tokens: repositories.oneTimeTokens, users: repositories.users }),
    mailLimits: createMailLimits(deps),
  };
}
