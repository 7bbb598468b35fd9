/**
 * Passkeys of users (Web Authentication Level 3): making, checking, renaming and removing them. Every passkey is
 * discoverable, and its authenticator has verified the user when it was made, so each can replace the password. Not
 * here: throttling, disabled users and the audit of sign-ins (passkey-sign-in.ts), and pages.
 */
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { randomToken } from '../../crypto/secrets.ts';
import {
  challengeOf,
  encodeChallenge,
  keyAlgorithms,
  RejectedResponse,
  verifyAssertion,
  verifyRegistration,
  type RelyingParty,
} from '../../crypto/webauthn.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { PasskeyDocument, UserDocument } from '../../storage/collections.ts';
import type { PasskeyRepository } from '../../storage/repositories/passkeys.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { actorFields, type Actor, type AuditService, type Origin } from '../foundation/audit.ts';
import { modelName, modelOf } from './authenticator-models.ts';
import type { PasskeyChallenges } from './passkey-challenges.ts';
import { parseAuthentication, parseRegistration } from './passkey-responses.ts';
import { findUnchanged } from '../foundation/user-records.ts';
import { displayName, parseInput } from '../values/validation.ts';

/** The options of `navigator.credentials.create()` as JSON (WebAuthn §5.1.8). */
export type CreationOptions = Readonly<Record<string, unknown>>;
/** The options of `navigator.credentials.get()` as JSON (WebAuthn §5.1.9). */
export type RequestOptions = Readonly<Record<string, unknown>>;

/** What a passkey is asked for. The response must be for the same. */
export interface PasskeyRequest {
  /** The interaction or the session of this browser. */
  readonly binding: string;
  /** The user whose passkeys are asked for. Absent: the browser offers all that it has for this site. */
  readonly accountId?: string | undefined;
}

export type PasskeyUse =
  | { readonly outcome: 'verified'; readonly passkey: PasskeyDocument; readonly userVerified: boolean }
  /** `reason` is for the audit; the user is not told more than that it did not work. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly passkey?: PasskeyDocument };

/** What a mail to the user says about a change. */
export interface PasskeyNotice {
  readonly kind: 'added' | 'removed' | 'blocked';
  readonly name: string;
  readonly actor: Actor;
}

export interface PasskeyService {
  /** Whether users can make and use passkeys here. If not, only listing, renaming and removing work. */
  readonly available: boolean;
  /** Oldest first. */
  listByUser(accountId: string): Promise<readonly PasskeyDocument[]>;
  /** Whether the user has a passkey that works. */
  hasPasskey(accountId: string): Promise<boolean>;
  /** Options for making a passkey of this user. Nothing is stored. */
  creationOptions(user: UserDocument, binding: string): Promise<CreationOptions>;
  /**
   * Stores the passkey that an authenticator has made for {@link creationOptions}.
   * @param made.response a RegistrationResponseJSON, as JSON
   * @param made.name empty: the name of the authenticator's model, if it is known
   * @throws InvalidInputError for a name (`field: 'name'`) or a response that is not valid, or whose challenge was used
   * @throws ConflictError when it is registered already, the user has too many, or the user was disabled or got other
   *   credentials meanwhile
   * @throws NotFoundError when the user was deleted meanwhile
   */
  register(
    user: UserDocument,
    made: { readonly response: string; readonly binding: string; readonly name: string },
    actor: Actor,
  ): Promise<PasskeyDocument>;
  /** Options for using a passkey. Nothing is stored. */
  requestOptions(request: PasskeyRequest): Promise<RequestOptions>;
  /**
   * Checks the response to {@link requestOptions} for the same request. Exactly one of several callers with the same
   * response gets `verified`. A counter that went back blocks the passkey, because it may have been copied
   * (WebAuthn §6.1.1), and the user is notified.
   *
   * @param used.response an AuthenticationResponseJSON, as JSON
   * @throws InvalidInputError for a response without the form of one
   */
  verify(used: PasskeyRequest & { readonly response: string }, origin: Origin): Promise<PasskeyUse>;
  /** Whether to offer a first passkey to this user. */
  isOfferDue(accountId: string): Promise<boolean>;
  /** The user was offered a passkey, and has accepted or skipped the offer. It is not made again. */
  closeOffer(accountId: string): Promise<void>;
  /**
   * What a browser may tell password managers, so that they forget removed passkeys
   * (`PublicKeyCredential.signalAllAcceptedCredentials()`, WebAuthn §5.1.10.2).
   */
  acceptedCredentials(accountId: string, list: readonly PasskeyDocument[]): Readonly<Record<string, unknown>>;
  /** @throws NotFoundError, InvalidInputError */
  rename(accountId: string, id: string, name: string, actor: Actor): Promise<void>;
  /** @throws NotFoundError */
  remove(accountId: string, id: string, actor: Actor): Promise<PasskeyDocument>;
}

/** Bounds what one user can store, and the size of the options. */
const maxPasskeysOfUser = 20;
/** Milliseconds that a browser waits for the user (WebAuthn §15.1 recommends five to ten minutes). */
const timeout = 300_000;

const fields = z.strictObject({ name: displayName });

/** @throws InvalidInputError with `field: 'name'` */
function parseName(name: string): string {
  return parseInput(fields, { name }).name;
}

/** PublicKeyCredentialDescriptorJSON (WebAuthn §5.8.3). */
function descriptors(passkeys: readonly PasskeyDocument[]): readonly object[] {
  return passkeys.map(({ credentialId, transports }) => ({ type: 'public-key', id: credentialId, transports }));
}

/** The user handle: it identifies the user without a name (WebAuthn §14.6.1), because ids of users are random. */
function handleOf(accountId: string): string {
  return Buffer.from(accountId, 'utf8').toString('base64url');
}

function noPasskey(): NotFoundError {
  return new NotFoundError('The user has no such passkey.');
}

function rejected(): InvalidInputError {
  return new InvalidInputError('The response of the authenticator was not accepted. Try again.', 'response');
}

/** Whether the signature counter went back, or did not move (WebAuthn §7.2, the step about the signature counter). */
function wentBack(before: number, now: number): boolean {
  return (before > 0 || now > 0) && now <= before;
}

export function createPasskeyService(deps: {
  readonly passkeys: PasskeyRepository;
  readonly users: Pick<UserRepository, 'find' | 'closePasskeyOffer'>;
  readonly challenges: PasskeyChallenges;
  /** Absent: there are no passkeys here. */
  readonly relyingParty: RelyingParty | undefined;
  /** Whether a first passkey is offered to users. */
  readonly offer: boolean;
  /** The name of this server, which authenticators show. */
  readonly brandName: string;
  readonly audit: AuditService;
  readonly clock: Clock;
  readonly notify: (user: UserDocument, notice: PasskeyNotice) => Promise<void>;
}): PasskeyService {
  const { passkeys, users, challenges, offer, brandName, audit, clock, notify } = deps;
  const available = deps.relyingParty !== undefined;
  /** Without one, no challenge is made, so no response is accepted. */
  const relyingParty = deps.relyingParty ?? { id: '', origins: [] };

  const bindingForCreation = (accountId: string, binding: string): string => `make for ${accountId} in ${binding}`;
  const bindingForUse = ({ binding, accountId = 'anybody' }: PasskeyRequest): string =>
    `use by ${accountId} in ${binding}`;

  /** The challenge of a response, if it was made for this and is used for the first time. */
  async function useChallenge(clientDataJson: string, binding: string): Promise<string | undefined> {
    const challenge = challengeOf(clientDataJson);
    return challenge !== undefined && (await challenges.use(challenge, binding)) ? challenge : undefined;
  }

  /** The fields of the audit event of a change. */
  function eventOf({ _id, accountId, name }: PasskeyDocument, actor: Actor) {
    return { ...actorFields(actor), accountId, detail: { id: _id, name } };
  }

  function assertAvailable(): void {
    if (!available) {
      throw new NotFoundError('There are no passkeys here.');
    }
  }

  return {
    available,
    listByUser: (accountId) => passkeys.listByUser(accountId),
    hasPasskey: async (accountId) =>
      available && (await passkeys.listByUser(accountId)).some(({ blockedAt }) => blockedAt === undefined),

    creationOptions: async ({ _id, email, profile }, binding) => {
      assertAvailable();
      const name = profile['name'];
      return {
        rp: { id: relyingParty.id, name: brandName },
        user: {
          id: handleOf(_id),
          name: email,
          displayName: typeof name === 'string' ? name : email,
        },
        challenge: encodeChallenge(challenges.create(bindingForCreation(_id, binding))),
        pubKeyCredParams: keyAlgorithms.map((alg) => ({ type: 'public-key', alg })),
        timeout,
        excludeCredentials: descriptors(await passkeys.listByUser(_id)),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
      };
    },

    register: async (user, { response: text, binding, name: given }, actor) => {
      const named = given.trim() === '' ? undefined : parseName(given);
      const response = parseRegistration(text);
      const challenge = await useChallenge(response.response.clientDataJSON, bindingForCreation(user._id, binding));
      const made =
        challenge === undefined
          ? new RejectedResponse('the challenge is not valid')
          : await verifyRegistration(response, challenge, relyingParty);
      if (made instanceof RejectedResponse) {
        throw rejected();
      }
      if ((await passkeys.countByUser(user._id)) >= maxPasskeysOfUser) {
        throw new ConflictError(`A user can have ${maxPasskeysOfUser} passkeys. Remove one first.`);
      }
      const aaguid = modelOf(made.aaguid);
      const passkey: PasskeyDocument = {
        _id: `pk_${randomToken(12)}`,
        accountId: user._id,
        credentialId: made.id,
        publicKey: made.publicKey,
        counter: made.counter,
        transports: made.transports,
        ...(aaguid === undefined ? {} : { aaguid }),
        backupEligible: made.backupEligible,
        backedUp: made.backedUp,
        name: named ?? modelName(aaguid) ?? 'Passkey',
        createdAt: clock.now(),
      };
      try {
        await passkeys.insert(passkey);
      } catch (error) {
        throw error instanceof DuplicateKeyError ? new ConflictError('This passkey is registered already.') : error;
      }
      try {
        await findUnchanged(users, user);
      } catch (error) {
        await passkeys.take(user._id, passkey._id);
        throw error;
      }
      await audit.record({ ...eventOf(passkey, actor), type: 'passkey.added', outcome: 'success' });
      await notify(user, { kind: 'added', name: passkey.name, actor });
      return passkey;
    },

    requestOptions: async (request) => {
      assertAvailable();
      const { accountId } = request;
      return {
        rpId: relyingParty.id,
        challenge: encodeChallenge(challenges.create(bindingForUse(request))),
        timeout,
        allowCredentials: accountId === undefined ? [] : descriptors(await passkeys.listByUser(accountId)),
        userVerification: 'required',
      };
    },

    verify: async ({ response: text, ...request }, origin) => {
      const { accountId } = request;
      const response = parseAuthentication(text);
      const challenge = await useChallenge(response.response.clientDataJSON, bindingForUse(request));
      if (challenge === undefined) {
        return { outcome: 'refused', reason: 'the challenge is not valid' };
      }
      const passkey = await passkeys.findByCredentialId(response.id);
      if (passkey === null) {
        return { outcome: 'refused', reason: 'unknown passkey' };
      }
      const refused = (reason: string): PasskeyUse => ({ outcome: 'refused', reason, passkey });
      // A discoverable credential names its user (WebAuthn §7.2, the step about the user handle).
      const { userHandle } = response.response;
      const owner = userHandle === undefined ? accountId : Buffer.from(userHandle, 'base64url').toString('utf8');
      if (owner !== passkey.accountId || (accountId !== undefined && accountId !== passkey.accountId)) {
        return refused('the passkey belongs to another user');
      }
      const { credentialId: id, publicKey } = passkey;
      const assertion = await verifyAssertion(response, challenge, { id, publicKey }, relyingParty);
      if (assertion instanceof RejectedResponse) {
        return refused(assertion.reason);
      }
      if (!assertion.userVerified) {
        return refused('the authenticator did not verify the user');
      }
      if (assertion.backupEligible !== passkey.backupEligible) {
        return refused('whether it can be synchronised has changed');
      }
      if (passkey.blockedAt !== undefined) {
        return refused('the passkey is blocked');
      }
      const { counter, backedUp } = assertion;
      if (wentBack(passkey.counter, counter)) {
        const user = await users.find(passkey.accountId);
        if ((await passkeys.block(passkey._id, clock.now())) && user !== null) {
          const by = { ...origin, actor: 'system' };
          await audit.record({ ...eventOf(passkey, by), type: 'passkey.blocked', outcome: 'failure' });
          await notify(user, { kind: 'blocked', name: passkey.name, actor: by });
        }
        return refused('the signature counter went back');
      }
      return (await passkeys.use(passkey, { counter, backedUp, lastUsedAt: clock.now() }))
        ? { outcome: 'verified', passkey, userVerified: assertion.userVerified }
        : refused('the passkey was used or removed meanwhile');
    },

    isOfferDue: async (accountId) => {
      if (!available || !offer) {
        return false;
      }
      const user = await users.find(accountId);
      return user?.passkeyOfferedAt === undefined && (await passkeys.countByUser(accountId)) === 0;
    },
    closeOffer: (accountId) => users.closePasskeyOffer(accountId, clock.now()),
    acceptedCredentials: (accountId, list) => ({
      rpID: relyingParty.id,
      userID: handleOf(accountId),
      allAcceptedCredentialIDs: list.map(({ credentialId }) => credentialId),
    }),

    rename: async (accountId, id, given, actor) => {
      const name = parseName(given);
      if (!(await passkeys.rename(accountId, id, name))) {
        throw noPasskey();
      }
      await audit.record({
        ...actorFields(actor),
        type: 'passkey.renamed',
        outcome: 'success',
        accountId,
        detail: { id, name },
      });
    },

    remove: async (accountId, id, actor) => {
      const passkey = await passkeys.take(accountId, id);
      const user = passkey === null ? null : await users.find(accountId);
      if (passkey === null || user === null) {
        throw noPasskey();
      }
      await audit.record({ ...eventOf(passkey, actor), type: 'passkey.removed', outcome: 'success' });
      await notify(user, { kind: 'removed', name: passkey.name, actor });
      return passkey;
    },
  };
}
