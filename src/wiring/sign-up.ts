/** Constructs what sign-up needs, from the services that exist before. */
import type { Config } from '../config/config.ts';
import { signUpLinkAddress } from '../presenters/one-time-link.ts';
import { createSignUp, type SignUp } from '../services/users/sign-up.ts';
import type { Foundation } from './foundation.ts';

type Dependencies = Parameters<typeof createSignUp>[0];

export function wireSignUp(
  deps: Pick<Dependencies, 'users' | 'links' | 'outbox' | 'mailLimits' | 'mail' | 'userMails' | 'audit'> & {
    readonly config: Config;
    readonly views: Pick<Foundation['views'], 'negotiateLocale'>;
  },
): SignUp {
  const { config, views, ...services } = deps;
  return createSignUp({
    ...services,
    policy: config.signUp,
    domains: config.signUpDomains,
    negotiateLocale: views.negotiateLocale,
    brandName: config.brand.name,
    linkLifetime: config.lifetime.link,
    invitationLifetime: config.lifetime.invitation,
    addressOf: (link) => signUpLinkAddress(config.issuer, link),
    accountAddress: `${config.issuer}/account`,
  });
}
