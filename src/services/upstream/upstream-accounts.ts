/**
 * Which account a person at another provider signs in to. An account is found by its link alone. An address leads to an
 * account only if the provider has verified it, the operator lets the provider vouch for its domain, and the account's
 * own address is verified, too: otherwise whoever registers an address first, here or there, would get the account of
 * its owner. An administrator's account is never found by an address. In all other cases the user signs in first, and
 * then makes the link.
 */
import { ConflictError } from '../../errors.ts';
import type { UpstreamDocument, UpstreamLinkDocument, UserDocument } from '../../storage/collections.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import { isTrustedAddress, type UpstreamIdentity } from './upstream-identity.ts';
import type { UpstreamLinks } from './upstream-links.ts';
import type { UserService } from '../users/users.ts';

/** `unlinked`: no account is known to belong to this person. */
export type UpstreamRefusal = 'unlinked' | 'disabled';

export type UpstreamSignIn =
  | { readonly outcome: 'success'; readonly user: UserDocument }
  | { readonly outcome: 'refused'; readonly reason: UpstreamRefusal };

export interface UpstreamAccounts {
  /**
   * Makes an account with an address that the person has confirmed, links it with the person, and signs in to it. May
   * be repeated after a failure, with the same id.
   * @param account.id the id of the new account
   * @returns refused with `unlinked` if the address or the person has another account
   */
  signUp(
    upstream: UpstreamDocument,
    identity: UpstreamIdentity,
    account: { readonly id: string; readonly email: string },
    actor: Actor,
  ): Promise<UpstreamSignIn>;
  /** Finds, links or creates the account, as the operator allows. The `actor` of its events is the user. */
  signIn(upstream: UpstreamDocument, identity: UpstreamIdentity, actor: Actor): Promise<UpstreamSignIn>;
}

/** Each round makes an account or a link, or finds what a parallel request has made. */
const maxRounds = 3;

export function createUpstreamAccounts(deps: {
  readonly links: Pick<UpstreamLinks, 'find' | 'insert' | 'use' | 'removeStray'>;
  readonly users: UserService;
  readonly audit: AuditService;
}): UpstreamAccounts {
  const { links, users, audit } = deps;

  /** Makes the account of a person who has none. */
  async function create(upstream: UpstreamDocument, identity: UpstreamIdentity, actor: Actor): Promise<void> {
    const { email = '', profile } = identity;
    let user;
    try {
      user = await users.create({ email, profile, emailVerified: true }, actor);
    } catch (error) {
      if (error instanceof ConflictError) {
        // A parallel request has made it.
        return;
      }
      throw error;
    }
    if (!(await links.insert(user, upstream, identity, { ...actor, actor: user._id }, { notify: false }))) {
      // The person was linked with another account at the same moment.
      await users.remove(user._id, actor);
    }
  }

  /** Links the account of a trusted address, or makes one. */
  async function adopt(upstream: UpstreamDocument, identity: UpstreamIdentity, actor: Actor): Promise<void> {
    if (!isTrustedAddress(upstream, identity)) {
      return;
    }
    const user = await users.findByEmail(identity.email ?? '');
    if (user === null) {
      if (upstream.createUsers) {
        await create(upstream, identity, actor);
      }
    } else if (user.emailVerified && !user.disabled && user.role !== 'administrator') {
      await links.insert(user, upstream, identity, { ...actor, actor: user._id });
    }
  }

  async function find(
    upstream: UpstreamDocument,
    identity: UpstreamIdentity,
    actor: Actor,
  ): Promise<{ readonly user: UserDocument; readonly link: UpstreamLinkDocument } | undefined> {
    for (let round = 1; round <= maxRounds; round += 1) {
      const link = await links.find(upstream, identity);
      const user = link === null ? null : await users.find(link.accountId);
      if (link !== null && user !== null) {
        return { user, link };
      }
      if (link !== null) {
        // It was made while the user was being deleted.
        await links.removeStray(link);
      }
      if (round < maxRounds) {
        await adopt(upstream, identity, actor);
      }
    }
    return undefined;
  }

  /** The account with this id, made now if no account has the address. Undefined: another account has it. */
  async function findOrCreate(
    account: { readonly id: string; readonly email: string },
    profile: UpstreamIdentity['profile'],
    actor: Actor,
  ): Promise<{ readonly user: UserDocument; readonly isNew: boolean } | undefined> {
    const existing = await users.findByEmail(account.email);
    if (existing !== null) {
      return existing._id === account.id ? { user: existing, isNew: false } : undefined;
    }
    try {
      return { user: await users.create({ ...account, profile, emailVerified: true }, actor), isNew: true };
    } catch (error) {
      if (error instanceof ConflictError) {
        return undefined;
      }
      throw error;
    }
  }

  const signIn: UpstreamAccounts['signIn'] = async (upstream, identity, actor) => {
    const found = await find(upstream, identity, actor);
    const isAllowed = found !== undefined && !found.user.disabled;
    const user = isAllowed ? await links.use(found.user, found.link, identity) : null;
    if (user !== null) {
      await audit.record({
        ...actorFields({ ...actor, actor: user._id }),
        type: 'login.success',
        outcome: 'success',
        accountId: user._id,
        detail: { upstream: upstream._id },
      });
      return { outcome: 'success', user };
    }
    const reason = found?.user.disabled === true ? 'disabled' : 'unlinked';
    await audit.record({
      ...actorFields(actor),
      type: 'login.failure',
      outcome: 'failure',
      ...(found === undefined ? {} : { accountId: found.user._id }),
      detail: { upstream: upstream._id, reason },
    });
    return { outcome: 'refused', reason };
  };

  return {
    signIn,

    signUp: async (upstream, identity, account, actor) => {
      const made = await findOrCreate(account, identity.profile, actor);
      if (made === undefined) {
        return { outcome: 'refused', reason: 'unlinked' };
      }
      await links.insert(made.user, upstream, identity, actor, { notify: false });
      if ((await links.find(upstream, identity))?.accountId !== account.id) {
        // The person was linked with another account meanwhile.
        if (made.isNew) {
          await users.remove(account.id, actor);
        }
        return { outcome: 'refused', reason: 'unlinked' };
      }
      return signIn(upstream, identity, actor);
    },
  };
}
