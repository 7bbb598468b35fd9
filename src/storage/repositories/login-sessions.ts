/**
 * Login sessions: the engine's Session model, one document each in the collection of the engine's payloads. The id is
 * the session's `uid`, which browsers never send. The cookie's value is stored as a digest and changes at every login,
 * but the document stays the same.
 *
 * The engine reads a session, changes it and writes the whole session. Two requests at the same time would each lose
 * the app that the other added. So a replacement applies only to the version that was read; otherwise the change is
 * merged into the newer version. A session that has ended stays ended: a request that wants to sign a user in to it
 * fails.
 */
import type { Clock } from '../../clock.ts';
import { digest, type Secrets } from '../../crypto/secrets.ts';
import { ConflictError } from '../../errors.ts';
import type { Logger } from '../../logging.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { currentRequestScope, undoIfUnavailable, writeWithRequest } from '../request-scope.ts';
import {
  appsThatLeft,
  isRemembered,
  mergeSessions,
  signedInAtOf,
  signsIn,
  uidOf,
  withDepartures,
  type SessionAuthorization,
} from './login-session-payload.ts';
import { toSession, type LoginSession, type OpenedSession } from './login-session.ts';
import { createSessionSnapshots, type Snapshot } from './login-session-snapshots.ts';
import { openIfReadable, sessionDocumentId } from './oidc-payload-document.ts';
import type { Payload } from './oidc-payloads.ts';

export type { SessionAuthorization } from './login-session-payload.ts';
export type { LoginSession } from './login-session.ts';

export interface LoginSessionRepository {
  /** The engine's payload of the session with this cookie value. `exp` is its current end. */
  findPayloadByHandle(handle: string): Promise<Payload | null>;
  findPayloadByUid(uid: string): Promise<Payload | null>;
  /**
   * Saves the engine's payload. The end is never later than the absolute limit, even if `expiresAt` is. When only the
   * end changed, by less than a minute, nothing is written. Must be called inside a request.
   * @param beforeLeaving called with each app that is not in the session any more, before anything is written. If it
   *   fails, the app stays
   */
  saveWithRequest(
    handle: string,
    payload: Payload,
    facts: { readonly expiresAt: Date; readonly userAgent?: string },
    beforeLeaving?: (app: SessionAuthorization) => Promise<void>,
  ): Promise<void>;
  findByUid(uid: string): Promise<LoginSession | null>;
  listByUser(accountId: string): Promise<LoginSession[]>;
  /**
   * Extends a session that was used, up to its absolute limit, if this changes its end by a minute or more.
   * @returns the session with its new end; null if it has ended
   */
  extendWithRequest(uid: string, expiresAt: (session: LoginSession) => Date): Promise<LoginSession | null>;
  /**
   * Removes a session immediately and returns it as it was at that moment, with all apps that were added before.
   * Exactly one caller in any number of processes gets it; the others get null.
   * @param beforeRemoval called with the session before it is removed, and again if it has changed meanwhile. If it
   *   fails, the session stays
   */
  take(uid: string, beforeRemoval?: (session: LoginSession) => Promise<void>): Promise<LoginSession | null>;
}

const model = 'Session';
/** Changes of the end below this many milliseconds are not written, so that most requests write nothing. */
export const idleGranularity = 60_000;
/** In each round one request succeeds, so this many may run in parallel. The request's deadline is a limit, too. */
const maxAttempts = 1000;

function changedTooOften(): Error {
  return new Error(`a session was changed by other requests ${maxAttempts} times in a row`);
}

/** The placeholder for an unknown cookie value. No cookie can contain it, since `~` is not in the engine's alphabet. */
function placeholderHandle(uid: string): string {
  return `~${uid}`;
}

export function createLoginSessionRepository(deps: {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** The latest end of a login. */
  readonly absoluteEnd: (login: { readonly signedInAt: Date; readonly remembered: boolean }) => Date;
}): LoginSessionRepository {
  const { database, secrets, clock, log, absoluteEnd } = deps;
  const collection = database.collection(oidcPayloads);
  const snapshots = createSessionSnapshots();

  /** The payload without the fields that are stored elsewhere. */
  function storedPart(payload: Payload): Payload {
    const { jti: _jti, exp: _exp, iat: _iat, kind: _kind, ...kept } = payload;
    return kept;
  }

  function seal(_id: string, payload: Payload): string {
    return secrets.seal(JSON.stringify(payload), _id);
  }

  function open(document: OidcPayloadDocument): Payload {
    return JSON.parse(secrets.unseal(document.payload, document._id)) as Payload;
  }

  /** The earlier of this time and the login's absolute limit. */
  function withinLimit(payload: Payload, moment: Date): Date {
    const signedInAt = signedInAtOf(payload);
    if (signedInAt === undefined) {
      return moment;
    }
    const limit = absoluteEnd({ signedInAt, remembered: isRemembered(payload) });
    return limit < moment ? limit : moment;
  }

  /**
   * Reads a stored session. Null when it is past its absolute limit, which may have become shorter since the session
   * was written, and when its secret is not listed any more.
   */
  function openUnlessOver(document: OidcPayloadDocument): OpenedSession | null {
    const payload = openIfReadable(document, log, () => open(document));
    if (payload === undefined) {
      return null;
    }
    const expiresAt = withinLimit(payload, document.expiresAt);
    return expiresAt > clock.now() ? { document, payload, expiresAt } : null;
  }

  async function find(uid: string): Promise<OpenedSession | null> {
    const document = await collection.findOne({ _id: sessionDocumentId(uid) });
    return document === null ? null : openUnlessOver(document);
  }

  /** A stored session as the engine's payload. `handle` is the cookie's value, if known. */
  function toPayload({ document, payload, expiresAt }: OpenedSession, handle: string | undefined): Payload {
    const uid = uidOf(payload);
    if (handle !== undefined) {
      snapshots.remember(uid, {
        version: document.version ?? 0,
        payload: JSON.stringify(payload),
        handleDigest: document.handleDigest ?? '',
        expiresAt: document.expiresAt,
      });
    }
    return {
      ...payload,
      jti: handle ?? placeholderHandle(uid),
      kind: model,
      iat: Math.floor(document.createdAt.getTime() / 1000),
      exp: Math.floor(expiresAt.getTime() / 1000),
    };
  }

  function changes(
    _id: string,
    payload: Payload,
    handleDigest: string,
    version: number,
    expiresAt: Date,
    userAgent?: string,
  ) {
    const { accountId } = payload;
    return {
      model,
      payload: seal(_id, payload),
      sealed: true,
      handleDigest,
      version,
      expiresAt: withinLimit(payload, expiresAt),
      ...(typeof accountId === 'string' ? { accountId } : {}),
      ...(userAgent === undefined ? {} : { userAgent }),
    };
  }

  /** Merges a change into a session that is no longer at the version from which the change was made. */
  async function merge(
    uid: string,
    base: Snapshot,
    mine: Payload,
    handleDigest: string,
    expiresAt: Date,
  ): Promise<void> {
    const _id = sessionDocumentId(uid);
    const before = JSON.parse(base.payload) as Payload;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const theirs = await collection.findOne({ _id });
      if (theirs === null) {
        if (signsIn(before, mine)) {
          throw new ConflictError('You were signed out at the same moment. Start again from the app.');
        }
        return;
      }
      const version = theirs.version ?? 0;
      const rotated = handleDigest !== base.handleDigest;
      const merged = changes(
        _id,
        mergeSessions(before, mine, open(theirs)),
        rotated ? handleDigest : (theirs.handleDigest ?? handleDigest),
        version + 1,
        expiresAt > theirs.expiresAt ? expiresAt : theirs.expiresAt,
      );
      if ((await collection.updateOne({ _id, version }, { $set: merged })).matchedCount === 1) {
        return;
      }
    }
    throw changedTooOften();
  }

  return {
    findPayloadByHandle: async (handle) => {
      const filter = { handleDigest: digest(handle), model };
      const document =
        currentRequestScope()?.unitOfWork.peekWhere(collection, filter) ?? (await collection.findOne(filter));
      const session = document === null ? null : openUnlessOver(document);
      return session === null ? null : toPayload(session, handle);
    },

    findPayloadByUid: async (uid) => {
      const session = await find(uid);
      return session === null ? null : toPayload(session, undefined);
    },

    saveWithRequest: async (handle, payload, { expiresAt, userAgent }, beforeLeaving) => {
      const unitOfWork = currentRequestScope()?.unitOfWork;
      if (unitOfWork === undefined) {
        throw new TypeError('a session is saved in a request');
      }
      const uid = uidOf(payload);
      const _id = sessionDocumentId(uid);
      const handleDigest = digest(handle);
      const kept = storedPart(payload);
      const keptAsText = JSON.stringify(kept);
      const before = snapshots.recall(uid);
      if (before === undefined) {
        const version = 1;
        const document = {
          _id,
          ...changes(_id, kept, handleDigest, version, expiresAt, userAgent),
          createdAt: clock.now(),
        };
        // Nobody gets its cookie if the request fails.
        undoIfUnavailable(() => collection.deleteOne({ _id, version, handleDigest }));
        unitOfWork.stage(collection, { insertOne: { document } });
        snapshots.remember(uid, { version, payload: keptAsText, handleDigest, expiresAt });
        return;
      }
      const moved = Math.abs(expiresAt.getTime() - before.expiresAt.getTime());
      if (handleDigest === before.handleDigest && moved < idleGranularity && keptAsText === before.payload) {
        return;
      }
      const payloadBefore = JSON.parse(before.payload) as Payload;
      const mine = withDepartures(payloadBefore, kept);
      if (beforeLeaving !== undefined) {
        for (const app of appsThatLeft(payloadBefore, mine)) {
          await beforeLeaving(app);
        }
      }
      const version = before.version + 1;
      const update = { $set: changes(_id, mine, handleDigest, version, expiresAt, userAgent) };
      unitOfWork.stage(
        collection,
        { updateOne: { filter: { _id, version: before.version }, update } },
        {
          onUnmatched: () => merge(uid, before, mine, handleDigest, expiresAt),
        },
      );
      snapshots.remember(uid, { version, payload: JSON.stringify(mine), handleDigest, expiresAt });
    },

    findByUid: async (uid) => {
      const session = await find(uid);
      return session === null ? null : toSession(session);
    },

    listByUser: async (accountId) => {
      const documents = await collection.find({ accountId, model }, { sort: { createdAt: -1 } }).toArray();
      return documents.flatMap((document) => {
        const session = openUnlessOver(document);
        return session === null ? [] : [toSession(session)];
      });
    },

    extendWithRequest: async (uid, end) => {
      const found = await find(uid);
      if (found === null) {
        return null;
      }
      const { document, payload } = found;
      const session = toSession(found);
      const expiresAt = withinLimit(payload, end(session));
      if (expiresAt.getTime() - document.expiresAt.getTime() < idleGranularity) {
        return session;
      }
      await writeWithRequest(collection, {
        updateOne: { filter: { _id: document._id }, update: { $set: { expiresAt } } },
      });
      return { ...session, expiresAt };
    },

    take: async (uid, beforeRemoval) => {
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const found = await find(uid);
        if (found === null) {
          return null;
        }
        const session = toSession(found);
        await beforeRemoval?.(session);
        const { _id, version } = found.document;
        const asRead = version === undefined ? { _id } : { _id, version };
        if ((await collection.deleteOne(asRead)).deletedCount === 1) {
          return session;
        }
      }
      throw changedTooOften();
    },
  };
}
