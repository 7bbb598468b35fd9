/**
 * The errors that cross a boundary between folders. Each has a stable `code` for programs, a `message` that the caller
 * may be shown, and a `detail` that only the log sees. A protocol error of OAuth is not here: the engine has its own.
 */
export type ErrorCode =
  | 'configuration_invalid'
  | 'storage_unavailable'
  | 'storage_rejected'
  | 'duplicate_key'
  | 'invalid_input'
  | 'stale_form'
  | 'foreign_form'
  | 'not_found'
  | 'gone'
  | 'expired'
  | 'already_signed_in'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'misdirected'
  | 'conflict'
  | 'throttled'
  | 'overloaded'
  | 'unsealable';

const httpStatus: Record<ErrorCode, number> = {
  configuration_invalid: 500,
  storage_unavailable: 503,
  storage_rejected: 503,
  duplicate_key: 409,
  invalid_input: 400,
  stale_form: 403,
  foreign_form: 403,
  not_found: 404,
  gone: 410,
  expired: 400,
  already_signed_in: 400,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  misdirected: 421,
  conflict: 409,
  throttled: 429,
  overloaded: 503,
  unsealable: 500,
};

/** Where a person can go on from an error: the button of the error page, whose words follow from `action`. */
export interface NextStep {
  readonly action: 'app' | 'continue' | 'account' | 'sign-in' | 'home' | 'reload' | 'retry' | 'address';
  readonly uri: string;
  /** The name of the app that `action: 'app'` leads to. */
  readonly app?: string;
}

export interface ErrorFields {
  /** For the log alone: never sent to a client, never shown on a page. */
  readonly detail?: string;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number;
  /** The input field that is wrong, where one is. */
  readonly field?: string;
  readonly next?: NextStep;
  readonly cause?: unknown;
}

/** The base of every error that this server throws on purpose. */
export class GatehouseError extends Error {
  readonly code: ErrorCode;
  /** The HTTP status that it becomes at the edge. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;
  readonly field: string | undefined;
  readonly next: NextStep | undefined;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = new.target.name;
    this.code = code;
    this.status = httpStatus[code];
    this.detail = fields.detail;
    this.retryAfter = fields.retryAfter;
    this.field = fields.field;
    this.next = fields.next;
  }
}

/** Every problem of a configuration at once, each with the setting that fixes it. The process exits with 78 (EX_CONFIG). */
export class ConfigurationError extends GatehouseError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      'configuration_invalid',
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** The database did not answer, or not in time. Always 503, never a verdict about a token, a client or a password. */
export class StorageUnavailableError extends GatehouseError {
  constructor(
    detail: string,
    cause?: unknown,
    code: 'storage_unavailable' | 'storage_rejected' = 'storage_unavailable',
  ) {
    const message =
      code === 'storage_unavailable'
        ? 'The server cannot reach its database. Try again in a moment.'
        : 'The server cannot use its database.';
    super(code, message, { detail, retryAfter: 2, cause });
  }
}

/**
 * The database answered, and will answer the same until an operator changes something: the password is wrong, a right is
 * missing, an index is in the way. Requests get 503 as for any outage; a start and a command do not wait, and end with 78.
 */
export class StorageRejectedError extends StorageUnavailableError {
  /** What is wrong and how to fix it, for the operator. */
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super(reason, cause, 'storage_rejected');
    this.reason = reason;
  }
}

/** An insert or update would have put a second document under an id or a unique index. */
export class DuplicateKeyError extends GatehouseError {
  constructor(collection: string, cause?: unknown) {
    super('duplicate_key', 'A record with this key already exists.', {
      detail: `duplicate key in ${collection}`,
      cause,
    });
  }
}

/** Input that breaks a rule; the message says what was wrong and what was expected. */
export class InvalidInputError extends GatehouseError {
  constructor(message: string, field?: string) {
    super('invalid_input', message, field === undefined ? {} : { field });
  }
}

/** Nothing goes by this name. */
export class NotFoundError extends GatehouseError {
  constructor(message: string) {
    super('not_found', message);
  }
}

/** It was there once and will not come back: a one-time link that was used or has ended. */
export class GoneError extends GatehouseError {
  constructor(message: string) {
    super('gone', message);
  }
}

/** The sign-in that this page belongs to has ended, or belongs to another browser. */
export class ExpiredError extends GatehouseError {
  /** @param fields.alreadySignedIn somebody is signed in in this browser, so that nothing is lost */
  constructor(
    detail: string,
    fields: { readonly alreadySignedIn?: boolean; readonly next?: NextStep | undefined } = {},
  ) {
    super(
      fields.alreadySignedIn === true ? 'already_signed_in' : 'expired',
      'This page belongs to a sign-in that has ended.',
      { detail, ...(fields.next === undefined ? {} : { next: fields.next }) },
    );
  }
}

/** The path has no such method (RFC 9110 §15.5.6). */
export class MethodNotAllowedError extends GatehouseError {
  constructor(allowed: readonly string[]) {
    super('method_not_allowed', `This address answers to ${allowed.join(', ')}.`);
  }
}

/** A body of a type that is not read here (RFC 9110 §15.5.16). */
export class UnsupportedMediaTypeError extends GatehouseError {
  constructor(message: string) {
    super('unsupported_media_type', message);
  }
}

/** The request is for another host (RFC 9110 §15.5.20). */
export class MisdirectedError extends GatehouseError {
  constructor(issuer: string) {
    super('misdirected', `This server is ${issuer}. The request came for another host.`, {
      next: { action: 'address', uri: issuer },
    });
  }
}

/** What was asked contradicts the present state. */
export class ConflictError extends GatehouseError {
  constructor(message: string, field?: string) {
    super('conflict', message, field === undefined ? {} : { field });
  }
}

/** A form from a page that is out of date: of another session, or of one that has ended. Loading the page again helps. */
export class StaleFormError extends GatehouseError {
  constructor() {
    super('stale_form', 'The form is not of this session. Load its page again.');
  }
}

/** A form that another site sent. */
export class ForeignFormError extends GatehouseError {
  constructor() {
    super('foreign_form', 'This form was sent from another site.');
  }
}

/** Too many attempts; `retryAfter` says in how many seconds the next one is looked at. */
export class ThrottledError extends GatehouseError {
  /** Whose failures there were too many of: one user's, or those from one address. */
  readonly concerns: 'user' | 'address' | undefined;

  constructor(retryAfter: number, detail?: string, concerns?: 'user' | 'address') {
    super(
      'throttled',
      'Too many attempts. Wait a moment, then try again.',
      detail === undefined ? { retryAfter } : { retryAfter, detail },
    );
    this.concerns = concerns;
  }
}

/** A bounded queue is full. The work was not begun. */
export class OverloadedError extends GatehouseError {
  constructor(detail: string) {
    super('overloaded', 'The server is busy. Try again in a moment.', { detail, retryAfter: 2 });
  }
}

/** A sealed value opens under none of the listed secrets, or was moved from another record. */
export class UnsealableError extends GatehouseError {
  constructor(detail: string) {
    super('unsealable', 'A stored secret cannot be opened.', { detail });
  }
}
