/**
 * The first administrator. Where there is none yet, a link that works once leads to a page that makes one; there is no
 * default password (OWASP ASVS 6.3.2). The link can be printed again until it is used, and never again after that.
 *
 * How it stays at one, through races and crashes: the first administrator's account id is drawn before, and kept with
 * the nonce of the link in one fact, `set-up`, written once. Creating an account under that id *is* the claim, and the
 * id is unique: of any number of callers, in any number of processes, one gets through, and there is no step between
 * claim and account where a crash could leave one without the other. The set-up is over when that account exists or
 * the fact `set-up-done` does; the latter is written after the account, and again by a caller that sees the account without
 * it, so that the set-up stays over when the account is deleted one day.
 */
import type { Clock } from '../clock.ts';
import { randomToken, type Secrets } from '../crypto/secrets.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import { newUserId, type UserService } from './users.ts';
import { actorFields, type Actor, type AuditService } from './audit.ts';
import type { ThrottleKeys } from './throttle-keys.ts';
import { lookWithin, type ThrottleService } from './throttle.ts';

export interface SetupService {
  /** Whether there is no first administrator yet. Only looks: writes nothing. @throws StorageUnavailableError */
  isOpen(): Promise<boolean>;
  /** The token of the link; the same each time, until a new `SECRET`. Undefined when the set-up is over. */
  setupLinkToken(): Promise<string | undefined>;
  /** Whether this token would be taken now, without using it up. @throws ThrottledError after many wrong ones from one address */
  verify(token: string, by: Omit<Actor, 'actor'>): Promise<boolean>;
  /**
   * Makes the first administrator: exactly one of any number of callers does. What is refused for its email or
   * password uses nothing up.
   *
   * @throws NotFoundError when the token is wrong or the set-up is over, with the same message
   * @throws InvalidInputError, PasswordRejectedError, ThrottledError
   * @throws ConflictError when an account has this email already
   */
  createFirstAdministrator(
    request: { readonly token: string; readonly email: string; readonly password: string },
    by: Omit<Actor, 'actor'>,
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

/** The fact `set-up`, as it is read. */
interface SetupFact {
  /** What the link's token is derived from; of no use without `SECRET`. */
  readonly nonce: string;
  readonly accountId: string;
}

const setupFact = 'set-up';
const doneFact = 'set-up-done';
const longestToken = 100;

export function createSetupService({
  installation,
  users,
  secrets,
  throttle,
  throttleKeys,
  audit,
  clock,
}: SetupDependencies): SetupService {
  async function readFact(): Promise<SetupFact> {
    const known = await installation.find(setupFact);
    if (known === null) {
      await installation.claim({ _id: setupFact, value: `${randomToken()} ${newUserId()}`, at: clock.now() });
    }
    const [nonce, accountId] = ((known ?? (await installation.find(setupFact)))?.value ?? '').split(' ');
    if (nonce === undefined || accountId === undefined) {
      throw new TypeError(`the fact ${setupFact} of this installation cannot be read`);
    }
    return { nonce, accountId };
  }

  async function isOver({ accountId }: SetupFact): Promise<boolean> {
    if ((await installation.find(doneFact)) !== null) {
      return true;
    }
    if ((await users.find(accountId)) === null) {
      return false;
    }
    await installation.claim({ _id: doneFact, value: accountId, at: clock.now() });
    return true;
  }

  function isTokenOf({ nonce }: SetupFact, token: string): boolean {
    return token.length <= longestToken && secrets.verifyMac('setup', nonce, token);
  }

  /** What the link's token stands for; undefined for another one, which counts as a failure. @throws ThrottledError */
  async function factOf(token: string, { address }: Omit<Actor, 'actor'>): Promise<SetupFact | undefined> {
    const attempt = await throttle.begin(address === undefined ? [] : [throttleKeys.address('set-up', address)]);
    const present = await lookWithin(attempt, readFact);
    if (!isTokenOf(present, token)) {
      await attempt.failed();
      return undefined;
    }
    await attempt.abandoned();
    return present;
  }

  function dead(): NotFoundError {
    return new NotFoundError('This set-up link does not work. It may have been used.');
  }

  return {
    isOpen: async () => {
      const known = await installation.find(setupFact);
      if (known === null) {
        return true;
      }
      const accountId = known.value.split(' ')[1] ?? '';
      return (await installation.find(doneFact)) === null && (await users.find(accountId)) === null;
    },

    setupLinkToken: async () => {
      const present = await readFact();
      return (await isOver(present)) ? undefined : secrets.mac('setup', present.nonce);
    },

    verify: async (token, by) => {
      const present = await factOf(token, by);
      return present !== undefined && !(await isOver(present));
    },

    createFirstAdministrator: async ({ token, email, password }, by) => {
      const present = await factOf(token, by);
      if (present === undefined || (await isOver(present))) {
        throw dead();
      }
      const actor = { ...actorFields({ ...by, actor: present.accountId }) };
      try {
        const user = await users.create({ id: present.accountId, email, password, role: 'administrator' }, actor);
        await installation.claim({ _id: doneFact, value: present.accountId, at: clock.now() });
        await audit.record({ ...actor, type: 'setup.completed', outcome: 'success', accountId: present.accountId });
        return user;
      } catch (error) {
        // A duplicate is either of the id, which somebody else was first with, or of the email alone.
        throw error instanceof ConflictError && (await isOver(present)) ? dead() : error;
      }
    },
  };
}
