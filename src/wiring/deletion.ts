/** Constructs the deletion of accounts by their users, from the services and repositories that exist before. */
import type { Config } from '../config/config.ts';
import { createAccountDeletion, type AccountDeletion } from '../services/users/account-deletion.ts';
import { createAdministratorGuard } from '../services/foundation/administrators.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import type { OneTimeLinks } from '../services/mails/one-time-links.ts';
import type { RevocationService } from '../services/tokens/revocation.ts';
import type { UserMails } from '../services/mails/user-mails.ts';
import { createUserRecords } from '../services/foundation/user-records.ts';
import type { UserService } from '../services/users/users.ts';
import type { Foundation } from './foundation.ts';
import type { Repositories } from './repositories.ts';

export function wireDeletion(deps: {
  readonly config: Config;
  readonly foundation: Pick<Foundation, 'clock' | 'log'>;
  readonly repositories: Pick<Repositories, 'users' | 'installation'>;
  readonly users: UserService;
  readonly links: OneTimeLinks;
  readonly revocation: RevocationService;
  readonly mails: UserMails;
  readonly audit: AuditService;
}): AccountDeletion {
  const { config, repositories, users, links, revocation, mails, audit } = deps;
  const { clock, log } = deps.foundation;
  const administrators = createAdministratorGuard({ ...repositories, clock });
  return createAccountDeletion({
    users: repositories.users,
    records: createUserRecords({ users: repositories.users, administrators, clock }),
    administrators,
    remove: users.remove,
    links,
    endEverythingOf: revocation.endUser,
    mails,
    audit,
    clock,
    log,
    issuer: config.issuer,
    gracePeriod: config.deletion.gracePeriod,
  });
}
