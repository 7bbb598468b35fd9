/**
 * Links and six-digit codes that work once: everything that is mailed or shown to a user to prove something or to allow
 * something once. What using one means is the caller's part.
 *
 * The token of a link has 256 random bits, and the database has only its digest. A code is stored as an HMAC under
 * `SECRET`, works for 10 minutes (OWASP ASVS 6.5.5), ends after 10 wrong tries, and only its holder can enter it: the
 * browser that asked for it, or the user or address that the link is for. Using either uses up both.
 *
 * A link of a user is void when the user's credentials or email address have changed since, except for the purposes
 * that exist to reverse such a change.
 */
import { after, strictlyAfter, type Clock } from '../../clock.ts';
import { digest, randomCode, randomToken, type Secrets } from '../../crypto/secrets.ts';
import { NotFoundError } from '../../errors.ts';
import type { LinkPurpose, OneTimeTokenDocument, UserDocument } from '../../storage/collections.ts';
import type { OneTimeTokenRepository } from '../../storage/repositories/one-time-tokens.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { maxCodeTries, type ThrottleKeys } from '../foundation/throttle-keys.ts';
import { checkWithin, type ThrottleService } from '../foundation/throttle.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';

export interface NewOneTimeLink {
  readonly purpose: LinkPurpose;
  /** Absent: there is no user (yet). Then `mailedTo` is given. */
  readonly accountId?: string;
  /**
   * The normalised email address (`emailKey`) that the link goes to, and nowhere else. Must be given if there is a
   * code.
   */
  readonly mailedTo?: string;
  /** Facts for the caller that uses the link. Stored as they are: nothing secret. */
  readonly data?: Readonly<Record<string, string>>;
  /** Seconds that the link works. */
  readonly lifetime: number;
  /**
   * A random value that only the browser that asks for the link has (128 bits or more, from a cookie). Given: the link
   * and its code work only in that browser. Absent: the link works anywhere, and the code for the user, or for the
   * address if there is no user.
   */
  readonly boundTo?: string;
  /** Whether there is a code, too. */
  readonly withCode?: boolean;
}

export interface CreatedOneTimeLink {
  /** 256 random bits, for the address of the link. */
  readonly token: string;
  /** Six digits; empty without `withCode`. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** A valid link. */
export interface OneTimeLink {
  readonly purpose: LinkPurpose;
  /** The user as they are now, if the link is for one. */
  readonly user?: UserDocument;
  readonly mailedTo?: string;
  readonly data: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** False if the link works only in another browser. */
  readonly boundHere: boolean;
}

export interface UseOfLink {
  /** The network address of the caller. Failures are counted by it. */
  readonly address?: string;
  /** What this browser has as `boundTo`. */
  readonly boundTo?: string;
}

export interface UseOfCode extends Pick<UseOfLink, 'address'> {
  /**
   * The normalised email address for which the caller asked for the code. Given where a link may be missing because no
   * user has the address: wrong codes are counted by it in both cases.
   */
  readonly mailedTo?: string;
}

export interface OneTimeLinks {
  /**
   * Creates a link. Older ones of the same purpose and user, or address, stop working, except those of
   * {@link purposes} that are kept. May also be called for an address that no user has, so that this cannot be noticed:
   * without `accountId`, and the caller sends no mail.
   *
   * @throws NotFoundError when there is no such user
   */
  create(link: NewOneTimeLink): Promise<CreatedOneTimeLink>;
  /**
   * Returns the link if it works, and does not use it up: mail scanners open links, so the page that a link opens must
   * not. Callers must check `boundHere` where they give a `boundTo`.
   *
   * @throws ThrottledError after many wrong tokens from one network address
   */
  peek(purpose: LinkPurpose, token: string, use?: UseOfLink): Promise<OneTimeLink | undefined>;
  /** The newest valid link of a user, without its token. */
  findOfUser(purpose: LinkPurpose, accountId: string): Promise<OneTimeLink | undefined>;
  /**
   * Uses a link. Exactly one of several parallel callers, in any number of processes, gets it; all others get
   * undefined, as does a browser to which the link is not bound.
   */
  consume(purpose: LinkPurpose, token: string, use?: UseOfLink): Promise<OneTimeLink | undefined>;
  /**
   * Does what a link is for, and then uses up the link: after a failure it can be used again; after a crash, a minute
   * later. Exactly one of several parallel callers, in any number of processes, does it; all others get undefined.
   *
   * @param act does it, and returns something. It may be repeated after a failure
   * @throws what `act` throws
   */
  use<T extends object | boolean>(
    purpose: LinkPurpose,
    token: string,
    act: (link: OneTimeLink) => Promise<T>,
    use?: Pick<UseOfLink, 'boundTo'>,
  ): Promise<T | undefined>;
  /**
   * Uses a link by its code. Exactly one of several parallel callers gets it. After 10 wrong codes the link is removed.
   *
   * @param holder the `boundTo` of the link; if it has none, its user's id, or its address if there is no user
   * @param code as it was typed: spaces and hyphens do not matter
   * @throws ThrottledError when too many codes were tried for the address of the link, or from one network address
   */
  consumeCode(purpose: LinkPurpose, holder: string, code: string, use?: UseOfCode): Promise<OneTimeLink | undefined>;
  /** The same as {@link OneTimeLinks.use}, by the code. @throws as {@link OneTimeLinks.consumeCode} */
  useCode<T extends object | boolean>(
    purpose: LinkPurpose,
    holder: string,
    code: string,
    act: (link: OneTimeLink) => Promise<T>,
    use?: UseOfCode,
  ): Promise<T | undefined>;
  /** Removes the links of a user that end when the user's credentials change. */
  endWithCredentials(accountId: string): Promise<void>;
  /** Removes every link of a user, or those of one purpose, or of these the ones created since then. */
  removeByUser(accountId: string, purpose?: LinkPurpose, since?: Date): Promise<void>;
}

interface PurposeRules {
  /** Whether older links of the same user stay valid. */
  readonly keepsOlder: boolean;
  /** Whether it stays valid when the user's credentials or email address change. */
  readonly outlivesChanges: boolean;
}

const ordinary: PurposeRules = { keepsOlder: false, outlivesChanges: false };
/** For mails about something that an attacker may have done: the attacker must not be able to make them void. */
const reversal: PurposeRules = { keepsOlder: true, outlivesChanges: true };

/** The rules of each purpose. */
export const purposes: Readonly<Record<LinkPurpose, PurposeRules>> = {
  'set-password': ordinary,
  invitation: ordinary,
  'confirm-email': ordinary,
  'change-email': ordinary,
  'undo-email': reversal,
  'sign-in': ordinary,
  'sign-up': ordinary,
  'provider-sign-up': ordinary,
  'new-device': reversal,
  'undo-deletion': reversal,
};

const endingWithCredentials = (Object.keys(purposes) as LinkPurpose[]).filter(
  (purpose) => !purposes[purpose].outlivesChanges,
);

const maxTokenLength = 200;
/** Seconds. */
const maxCodeLifetime = 600;
/** Seconds that a link is reserved for one request: no request may use the database for longer. */
const claimLifetime = 60;

export interface OneTimeLinkDependencies {
  readonly tokens: OneTimeTokenRepository;
  readonly users: Pick<UserRepository, 'find'>;
  readonly secrets: Pick<Secrets, 'mac' | 'macs' | 'verifyMac'>;
  readonly throttle: Pick<ThrottleService, 'begin'>;
  readonly throttleKeys: ThrottleKeys;
  readonly clock: Clock;
}

function subjectOf(purpose: LinkPurpose, owner: string): string {
  return `${purpose} ${owner}`;
}

function isNewer(other: OneTimeTokenDocument, link: OneTimeTokenDocument): boolean {
  const difference = other.createdAt.getTime() - link.createdAt.getTime();
  // Of two links created at the same moment, every process takes the same one for the newer.
  return difference > 0 || (difference === 0 && other._id > link._id);
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

export function createOneTimeLinks(dependencies: OneTimeLinkDependencies): OneTimeLinks {
  const { tokens, users, secrets, throttle, throttleKeys, clock } = dependencies;

  const holderText = (purpose: LinkPurpose, holder: string): string => `${purpose} ${holder}`;
  const codeText = (linkId: string, code: string): string => `${linkId} ${code}`;

  /** The link with its user, if neither a newer link nor a change of the user made it void. */
  async function validate(
    document: OneTimeTokenDocument,
    boundTo: string | undefined,
  ): Promise<OneTimeLink | undefined> {
    const { purpose, accountId, mailedTo, data = {}, createdAt, expiresAt, holderMac } = document;
    const { keepsOlder, outlivesChanges } = purposes[purpose];
    if (!keepsOlder && (await tokens.listBySubject(document.subject)).some((other) => isNewer(other, document))) {
      return undefined;
    }
    const user = accountId === undefined ? undefined : await users.find(accountId);
    const isChanged =
      user !== undefined &&
      (user === null ||
        (!outlivesChanges &&
          (credentialsVersionOf(user) !== credentialsVersionOf(document) || user.emailKey !== document.emailKey)));
    if (isChanged) {
      return undefined;
    }
    return {
      purpose,
      ...(user === undefined || user === null ? {} : { user }),
      ...(mailedTo === undefined ? {} : { mailedTo }),
      data,
      createdAt,
      expiresAt,
      boundHere:
        document.bound !== true ||
        (boundTo !== undefined &&
          holderMac !== undefined &&
          secrets.verifyMac('link-holder', holderText(purpose, boundTo), holderMac)),
    };
  }

  async function find(purpose: LinkPurpose, token: string, boundTo?: string): Promise<OneTimeLink | undefined> {
    const document = token.length > maxTokenLength ? null : await tokens.find(digest(token));
    return document?.purpose === purpose ? validate(document, boundTo) : undefined;
  }

  /** The newest link whose code this holder may enter. */
  async function findByHolder(purpose: LinkPurpose, holder: string): Promise<OneTimeTokenDocument | undefined> {
    const held = await tokens.listByHolder(secrets.macs('link-holder', holderText(purpose, holder)));
    return held.find((one) => one.codeMac !== undefined && !held.some((other) => isNewer(other, one)));
  }

  function isCodeOf({ _id, codeMac, codeExpiresAt }: OneTimeTokenDocument, code: string): boolean {
    return (
      codeMac !== undefined &&
      codeExpiresAt !== undefined &&
      codeExpiresAt.getTime() > clock.now().getTime() &&
      secrets.verifyMac('link-code', codeText(_id, code), codeMac)
    );
  }

  const consume = async (id: string, link: OneTimeLink): Promise<OneTimeLink | undefined> =>
    (await tokens.consume(id)) ? link : undefined;

  /** Reserves a link, so that others do not do the same meanwhile, and removes it when it is done. */
  async function use<T>(id: string, act: () => Promise<T>): Promise<T | undefined> {
    const until = after(clock, claimLifetime);
    if (!(await tokens.claim(id, clock.now(), until))) {
      return undefined;
    }
    let result;
    try {
      result = await act();
    } catch (error) {
      // If this fails too, the reservation ends by time.
      await tokens.release(id, until).catch(() => {});
      throw error;
    }
    await tokens.consume(id);
    return result;
  }

  /** @param take uses the link, whose code was right; undefined if somebody else did */
  async function enterCode<T>(
    purpose: LinkPurpose,
    holder: string,
    typed: string,
    { address, mailedTo }: UseOfCode,
    take: (id: string, link: OneTimeLink) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const document = await findByHolder(purpose, holder);
    const countedBy = mailedTo ?? document?.mailedTo;
    const ofCode = [
      ...(document === undefined ? [] : [throttleKeys.code(document._id)]),
      ...(countedBy === undefined ? [] : [throttleKeys.codesOf(countedBy)]),
    ];
    const attempt = await throttle.begin([
      ...ofCode,
      ...(address === undefined ? [] : [throttleKeys.address('code', address)]),
    ]);
    if (document === undefined || !isCodeOf(document, typed.replaceAll(/[\s-]/g, ''))) {
      const { code: tries = 0 } = await attempt.failed();
      if (document !== undefined && tries >= maxCodeTries) {
        await tokens.consume(document._id);
      }
      return undefined;
    }
    const taken = await checkWithin(attempt, async () => {
      const valid = await validate(document, holder);
      return valid === undefined ? undefined : take(document._id, valid);
    });
    await (taken === undefined ? attempt.abandoned() : attempt.succeeded(ofCode));
    return taken;
  }

  return {
    create: async ({ purpose, accountId, mailedTo, data, lifetime, boundTo, withCode = false }) => {
      const user = accountId === undefined ? undefined : await users.find(accountId);
      if (user === null) {
        throw new NotFoundError('There is no such user.');
      }
      const owner = accountId ?? mailedTo;
      if (owner === undefined || (withCode && mailedTo === undefined)) {
        throw new TypeError('a link is for a user or an address, and a code is mailed to an address');
      }
      const { keepsOlder } = purposes[purpose];
      const subject = subjectOf(purpose, owner);
      const older = keepsOlder ? [] : await tokens.listBySubject(subject);
      // Also if the clock has not moved since: only the newest one works.
      const createdAt = older.reduce((at, one) => later(at, strictlyAfter(clock, one.createdAt)), clock.now());
      const token = randomToken();
      const code = withCode ? randomCode() : '';
      const expiresAt = after(clock, lifetime);
      const document: OneTimeTokenDocument = {
        _id: digest(token),
        purpose,
        subject,
        ...(user === undefined
          ? {}
          : { accountId: user._id, credentialsVersion: credentialsVersionOf(user), emailKey: user.emailKey }),
        ...(mailedTo === undefined ? {} : { mailedTo }),
        ...(data === undefined ? {} : { data }),
        ...(boundTo === undefined ? {} : { bound: true as const }),
        ...(boundTo === undefined && !withCode
          ? {}
          : { holderMac: secrets.mac('link-holder', holderText(purpose, boundTo ?? owner)) }),
        ...(withCode
          ? {
              codeMac: secrets.mac('link-code', codeText(digest(token), code)),
              codeExpiresAt: after(clock, Math.min(lifetime, maxCodeLifetime)),
            }
          : {}),
        createdAt,
        expiresAt,
      };
      await (keepsOlder ? tokens.insert(document) : tokens.replaceOfSubject(document));
      return { token, code, expiresAt };
    },

    peek: async (purpose, token, { address, boundTo } = {}) => {
      const attempt = await throttle.begin(address === undefined ? [] : [throttleKeys.address('link', address)]);
      const link = await checkWithin(attempt, () => find(purpose, token, boundTo));
      if (link === undefined) {
        await attempt.failed();
      } else {
        await attempt.abandoned();
      }
      return link;
    },

    findOfUser: async (purpose, accountId) => {
      const all = await tokens.listBySubject(subjectOf(purpose, accountId));
      const newest = all.find((one) => !all.some((other) => isNewer(other, one)));
      return newest === undefined ? undefined : validate(newest, undefined);
    },

    consume: async (purpose, token, { boundTo } = {}) => {
      const link = await find(purpose, token, boundTo);
      return link?.boundHere === true ? consume(digest(token), link) : undefined;
    },

    use: async (purpose, token, act, { boundTo } = {}) => {
      const link = await find(purpose, token, boundTo);
      return link?.boundHere === true ? use(digest(token), () => act(link)) : undefined;
    },

    consumeCode: (purpose, holder, typed, of = {}) => enterCode(purpose, holder, typed, of, consume),

    useCode: (purpose, holder, typed, act, of = {}) =>
      enterCode(purpose, holder, typed, of, (id, link) => use(id, () => act(link))),

    endWithCredentials: (accountId) => tokens.removeByUser(accountId, endingWithCredentials),
    removeByUser: (accountId, purpose, since) =>
      tokens.removeByUser(accountId, purpose === undefined ? undefined : [purpose], since),
  };
}
