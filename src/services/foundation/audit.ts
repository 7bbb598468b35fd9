/**
 * The record of security-relevant events: one document and one log line for each event. The services that change state
 * decide what to record. Callers must not pass secrets: nothing is filtered here.
 */
import { after, type Clock } from '../../clock.ts';
import { randomToken } from '../../crypto/secrets.ts';
import type { AuditEventDocument } from '../../storage/collections.ts';
import type { AuditEventRepository, AuditQuery } from '../../storage/repositories/audit-events.ts';

export type { AuditQuery } from '../../storage/repositories/audit-events.ts';

/** Where a request came from. Absent parts: there was no request, or it did not have them. */
export interface Origin {
  /** The network address that the request came from, as the proxy rules see it. */
  readonly address?: string;
  /** The reference id that log, audit and error page share. */
  readonly requestId?: string;
  /** The `User-Agent` header: the browser can send any value. */
  readonly userAgent?: string;
}

/** Who makes a change, and from where. Every service method that changes state takes one. */
export interface Actor extends Origin {
  /** A user's id, `system`, or `command line`. */
  readonly actor: string;
}

export interface AuditRecord extends Actor {
  /** Dotted: noun, then what happened to it, such as `password.changed`. */
  readonly type: string;
  readonly outcome: 'success' | 'failure';
  /** The user that is affected. */
  readonly accountId?: string;
  readonly clientId?: string;
  /** Further facts, none of them secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** The part of a logger that is used here. */
export interface AuditLog {
  info(fields: object, message: string): void;
}

export interface AuditService {
  /**
   * Writes the log line immediately, and the event together with the other writes of the request. The event is stored
   * even if the request fails.
   * @throws StorageUnavailableError when the event cannot be stored; the log line has been written
   */
  record(event: AuditRecord): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditEventDocument[]>;
}

export interface AuditDependencies {
  readonly events: AuditEventRepository;
  readonly clock: Clock;
  readonly log: AuditLog;
  /** Seconds that an event is kept. */
  readonly retention: number;
}

/** Only the origin's fields of an object that may have more. */
export function originFields({
  address,
  requestId,
  userAgent,
}: { readonly [K in keyof Origin]: Origin[K] | undefined }): Origin {
  return {
    ...(address === undefined ? {} : { address }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

/** Only the actor's fields of an object that may have more. */
export function actorFields(actor: Actor): Actor {
  return { actor: actor.actor, ...originFields(actor) };
}

const base = 36;

export function createAuditService({ events, clock, log, retention }: AuditDependencies): AuditService {
  let recorded = 0;

  /** Sorts by time, and within one millisecond by the order in this process. */
  function nextId(at: Date): string {
    recorded = (recorded + 1) % base ** 6;
    return `${at.getTime().toString(base).padStart(9, '0')}-${recorded.toString(base).padStart(6, '0')}-${randomToken(12)}`;
  }

  return {
    record: async (event) => {
      const { type, outcome, accountId, clientId, detail } = event;
      const facts = {
        type,
        outcome,
        ...actorFields(event),
        ...(accountId === undefined ? {} : { accountId }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(detail === undefined ? {} : { detail }),
      };
      log.info({ audit: true, ...facts }, type);
      const at = clock.now();
      await events.insertWithRequest({ _id: nextId(at), at, ...facts, expiresAt: after(clock, retention) });
    },
    list: (query) => events.list(query),
  };
}
