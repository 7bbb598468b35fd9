/**
 * The errors that code in one folder throws and code in another handles. Each has a stable `code` for programs, a
 * `message` that may be shown to the user, and a `detail` for the log only. OAuth protocol errors are the engine's.
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

/** Where the user can continue after an error: the button of the error page, whose text depends on `action`. */
export interface NextStep {
  readonly action: 'app' | 'continue' | 'account' | 'sign-in' | 'home' | 'reload' | 'retry' | 'address';
  readonly uri: string;
  /** The name of the app that `action: 'app'` leads to. */
  readonly app?: string;
}

export interface ErrorFields {
  /** Only for the log: never sent to a client or shown on a page. */
  readonly detail?: string;
  /** Seconds after which the caller may try again; sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** The name of the invalid input field, if the error concerns one. */
  readonly field?: string;
  readonly next?: NextStep;
  readonly cause?: unknown;
}

/** The base class of all errors that this server defines. */
export class GatehouseError extends Error {
  readonly code: ErrorCode;
  /** The HTTP status of the response. */
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

/** All problems of a configuration, each with the setting to correct. The process exits with 78 (EX_CONFIG). */
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

/** The database did not answer in time. Always 503, never a statement about a token, a client or a password. */
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
 * The database rejects us until an operator changes something: the password is wrong, a permission is missing, an index
 * conflicts. Requests get 503 as for any outage; a start or a command does not wait, and exits with 78.
 */
export class StorageRejectedError extends StorageUnavailableError {
  /** What is wrong and how to fix it, for the operator. */
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super(reason, cause, 'storage_rejected');
    this.reason = reason;
  }
}

/** An insert or update would create a second document with the same id or unique key. */
export class DuplicateKeyError extends GatehouseError {
  constructor(collection: string, cause?: unknown) {
    super('duplicate_key', 'A record with this key already exists.', {
      detail: `duplicate key in ${collection}`,
      cause,
    });
  }
}

/** Invalid input. The message names the fault and what is expected. */
export class InvalidInputError extends GatehouseError {
  constructor(message: string, field?: string) {
    super('invalid_input', message, field === undefined ? {} : { field });
  }
}

/** The requested thing does not exist. */
export class NotFoundError extends GatehouseError {
  constructor(message: string) {
    super('not_found', message);
  }
}

/** It existed but is not valid any more: a one-time link that was used or has expired. */
export class GoneError extends GatehouseError {
  constructor(message: string) {
    super('gone', message);
  }
}

/** The sign-in that this page belongs to has ended, or belongs to another browser. */
export class ExpiredError extends GatehouseError {
  /** @param fields.alreadySignedIn a user is already signed in in this browser */
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

/** The path does not allow this method (RFC 9110 §15.5.6). */
export class MethodNotAllowedError extends GatehouseError {
  constructor(allowed: readonly string[]) {
    super('method_not_allowed', `This address answers to ${allowed.join(', ')}.`);
  }
}

/** The media type of the body is not accepted here (RFC 9110 §15.5.16). */
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

/** The request conflicts with the current state. */
export class ConflictError extends GatehouseError {
  constructor(message: string, field?: string) {
    super('conflict', message, field === undefined ? {} : { field });
  }
}

/** A form from an outdated page: its session has ended or is another one. The user can load the page again. */
export class StaleFormError extends GatehouseError {
  constructor() {
    super('stale_form', 'The form is not of this session. Load its page again.');
  }
}

/** A form that was sent from another site. */
export class ForeignFormError extends GatehouseError {
  constructor() {
    super('foreign_form', 'This form was sent from another site.');
  }
}

/** Too many attempts. The next one is accepted after `retryAfter` seconds. */
export class ThrottledError extends GatehouseError {
  /** Whether one user or one address had too many failures. */
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

/** A bounded queue is full. The work was not started. */
export class OverloadedError extends GatehouseError {
  constructor(detail: string) {
    super('overloaded', 'The server is busy. Try again in a moment.', { detail, retryAfter: 2 });
  }
}

/** An encrypted value cannot be decrypted with any listed secret, or was moved from another record. */
export class UnsealableError extends GatehouseError {
  constructor(detail: string) {
    super('unsealable', 'A stored secret cannot be opened.', { detail });
  }
}
