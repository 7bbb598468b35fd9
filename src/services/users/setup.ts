/**
 * Creates the first administrator. On a new installation, a link that works once opens a page that creates the user;
 * there is no default password (OWASP ASVS 6.3.2). The link can be printed again until it is used.
 *
 * Exactly one caller succeeds, also with several processes and crashes. The user id of the first administrator is
 * chosen in advance and stored with the nonce of the link in one record, the fact `set-up`, which is written once. User
 * ids are unique, so inserting the user is also the claim: no crash can leave one without the other. The set-up is
 * complete when that user or the fact `set-up-done` exists. The fact is written after the user, or later by a caller
 * that finds the user without it, so that the set-up stays complete if the user is deleted later.
 */
import type { Clock } from '../../clock.ts';
import { randomToken, type Secrets } from '../../crypto/secrets.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { InstallationRepository } from '../../storage/repositories/installation.ts';
import { newUserId, type UserService } from './users.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { ThrottleKeys } from '../foundation/throttle-keys.ts';
import { checkWithin, type ThrottleService } from '../foundation/throttle.ts';

export interface SetupService {
  /** Whether there is no first administrator yet. Writes nothing. @throws StorageUnavailableError */
  isOpen(): Promise<boolean>;
  /** The token of the link. The same at each call, until `SECRET` changes. Undefined when the set-up is complete. */
  setupLinkToken(): Promise<string | undefined>;
  /** Whether this token is valid; does not use it up. @throws ThrottledError after many wrong ones from one address */
  verify(token: string, caller: Omit<Actor, 'actor'>): Promise<boolean>;
  /**
   * Creates the first administrator. Exactly one of several callers succeeds. A rejected email or password does not use
   * up the link.
   *
   * @throws NotFoundError when the token is wrong or the set-up is complete, with the same message
   * @throws InvalidInputError, PasswordRejectedError, ThrottledError
   * @throws ConflictError when a user has this email already
   */
  createFirstAdministrator(
    request: { readonly token: string; readonly email: string; readonly password: string },
    caller: Omit<Actor, 'actor'>,
  ): Promise<UserDocument>;
}

export interface SetupDependencies {
  readonly installation: InstallationRepository;
  readonly users: Pick<UserService, 'create' | 'find'>;
  readonly secrets: Secrets;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly audit: AuditService;
  readonly clock: Clock;
}

/** The parsed fact `set-up`. */
interface SetupRecord {
  /** The link's token is derived from it and `SECRET`. */
  readonly nonce: string;
  readonly accountId: string;
}

const setupFact = 'set-up';
const doneFact = 'set-up-done';
const maxTokenLength = 100;

export function createSetupService({
  installation,
  users,
  secrets,
  throttle,
  throttleKeys,
  audit,
  clock,
}: SetupDependencies): SetupService {
  async function readRecord(): Promise<SetupRecord> {
    const stored = await installation.find(setupFact);
    if (stored === null) {
      await installation.claim({ _id: setupFact, value: `${randomToken()} ${newUserId()}`, at: clock.now() });
    }
    const [nonce, accountId] = ((stored ?? (await installation.find(setupFact)))?.value ?? '').split(' ');
    if (nonce === undefined || accountId === undefined) {
      throw new TypeError(`the fact ${setupFact} of this installation cannot be read`);
    }
    return { nonce, accountId };
  }

  async function isComplete({ accountId }: SetupRecord): Promise<boolean> {
    if ((await installation.find(doneFact)) !== null) {
      return true;
    }
    if ((await users.find(accountId)) === null) {
      return false;
    }
    await installation.claim({ _id: doneFact, value: accountId, at: clock.now() });
    return true;
  }

  function isTokenOf({ nonce }: SetupRecord, token: string): boolean {
    return token.length <= maxTokenLength && secrets.verifyMac('setup', nonce, token);
  }

  /** Returns the record if this is its token. A wrong token counts as a failed attempt. @throws ThrottledError */
  async function findByToken(token: string, { address }: Omit<Actor, 'actor'>): Promise<SetupRecord | undefined> {
    const attempt = await throttle.begin(address === undefined ? [] : [throttleKeys.address('set-up', address)]);
    const record = await checkWithin(attempt, readRecord);
    if (!isTokenOf(record, token)) {
      await attempt.failed();
      return undefined;
    }
    await attempt.abandoned();
    return record;
  }

  function invalidLink(): NotFoundError {
    return new NotFoundError('This set-up link does not work. It may have been used.');
  }

  return {
    isOpen: async () => {
      const stored = await installation.find(setupFact);
      if (stored === null) {
        return true;
      }
      const accountId = stored.value.split(' ')[1] ?? '';
      return (await installation.find(doneFact)) === null && (await users.find(accountId)) === null;
    },

    setupLinkToken: async () => {
      const record = await readRecord();
      return (await isComplete(record)) ? undefined : secrets.mac('setup', record.nonce);
    },

    verify: async (token, caller) => {
      const record = await findByToken(token, caller);
      return record !== undefined && !(await isComplete(record));
    },

    createFirstAdministrator: async ({ token, email, password }, caller) => {
      const record = await findByToken(token, caller);
      if (record === undefined || (await isComplete(record))) {
        throw invalidLink();
      }
      const actor = actorFields({ ...caller, actor: record.accountId });
      try {
        const user = await users.create({ id: record.accountId, email, password, role: 'administrator' }, actor);
        await installation.claim({ _id: doneFact, value: record.accountId, at: clock.now() });
        await audit.record({ ...actor, type: 'setup.completed', outcome: 'success', accountId: record.accountId });
        return user;
      } catch (error) {
        // The conflict is either about the id (another caller was first) or about the email only.
        throw error instanceof ConflictError && (await isComplete(record)) ? invalidLink() : error;
      }
    },
  };
}
