/** Constructs what passkeys need, from the services and repositories that exist before. */
import type { Config } from '../config/config.ts';
import { addressBlock } from '../services/values/address-block.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import { createPasskeyChallenges } from '../services/sign-in/passkey-challenges.ts';
import { createPasskeyService, type PasskeyService } from '../services/sign-in/passkeys.ts';
import type { UserMails } from '../services/mails/user-mails.ts';
import type { Foundation } from './foundation.ts';
import type { Repositories } from './repositories.ts';

export function wirePasskeys(deps: {
  readonly config: Config;
  readonly foundation: Pick<Foundation, 'clock' | 'secrets'>;
  readonly repositories: Repositories;
  readonly audit: AuditService;
  readonly userMails: UserMails;
}): PasskeyService {
  const { config, repositories, audit, userMails } = deps;
  const { clock, secrets } = deps.foundation;
  const { enabled, rpId, origins } = config.passkey;
  return createPasskeyService({
    passkeys: repositories.passkeys,
    users: repositories.users,
    challenges: createPasskeyChallenges({
      secrets,
      clock,
      // A challenge of the sign-in page works as long as the page.
      lifetime: config.lifetime.interaction,
      insertOnce: (id, expiresAt) => repositories.oidcPayloads.insertOnce('PasskeyChallenge', id, expiresAt),
    }),
    relyingParty: enabled && rpId !== undefined ? { id: rpId, origins: [config.issuer, ...origins] } : undefined,
    offer: config.passkey.offer,
    brandName: config.brand.name,
    audit,
    clock,
    notify: (user, { kind, name, actor: { address, userAgent } }) =>
      userMails.send(user, `mail/passkey-${kind}`, {
        name,
        at: clock.now(),
        ...(address === undefined ? {} : { from: addressBlock(address) }),
        ...(userAgent === undefined ? {} : { userAgent }),
        account: `${config.issuer}/account/passkeys`,
      }),
  });
}
