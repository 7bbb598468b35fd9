/**
 * The one place where an error becomes an answer: a page for a browser, JSON for a program, with the reference that log
 * and audit carry. Of an error that is not one of ours, the answer says only that it happened.
 */
import type { Context, Middleware } from 'koa';
import { GatehouseError, NotFoundError, type ErrorCode, type NextStep } from '../../errors.ts';
import type { Logger } from '../../logging.ts';
import type { ShowErrorPage } from '../../oidc/error-page.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { ErrorKind } from '../../views.ts';

/** The page that an error is shown by; `general` where none is named. */
const kinds: Partial<Readonly<Record<ErrorCode, ErrorKind>>> = {
  stale_form: 'stale_form',
  foreign_form: 'foreign_form',
  not_found: 'not_found',
  gone: 'used_link',
  expired: 'expired',
  already_signed_in: 'already_signed_in',
  misdirected: 'wrong_host',
  throttled: 'throttled',
  overloaded: 'unavailable',
  storage_unavailable: 'unavailable',
};

/** OAuth's error code for programs (RFC 6749 §5.2 and §4.1.2.1) where it has one. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  404: 'not_found',
  429: 'temporarily_unavailable',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/** What is answered; everything else about the error is for the log. */
interface Problem {
  readonly status: number;
  readonly kind: ErrorKind;
  readonly message?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly next?: NextStep | undefined;
}

/** Errors of libraries that read requests: their status, where it is the caller's mistake. */
function callerMistake(error: unknown): Problem | undefined {
  if (error instanceof Error && 'status' in error && 'expose' in error && error.expose === true) {
    const { status, message } = error;
    return typeof status === 'number' && status >= 400 && status < 500
      ? { status, kind: 'general', message }
      : undefined;
  }
  return undefined;
}

function problemOf(error: unknown): Problem {
  if (error instanceof GatehouseError) {
    const { status, code, message, retryAfter, next } = error;
    return {
      status,
      kind: kinds[code] ?? 'general',
      message: status === 500 ? undefined : message,
      retryAfter,
      next,
    };
  }
  return callerMistake(error) ?? { status: 500, kind: 'general' };
}

/** Headers that belong to an answer that is not given: cookies too. */
const abandoned = ['Location', 'Set-Cookie', 'WWW-Authenticate', 'Content-Length', 'Content-Encoding'];

export function answerErrors(deps: { readonly showError: ShowErrorPage; readonly log: Logger }): Middleware {
  const { showError, log } = deps;

  function answer(ctx: Context, error: unknown): void {
    const { requestId } = requestContext(ctx.req);
    const { status, kind, message, retryAfter, next } = problemOf(error);
    if (status >= 500) {
      log.error(
        { requestId, err: error, detail: error instanceof GatehouseError ? error.detail : undefined },
        'request failed',
      );
    }
    for (const name of abandoned) {
      ctx.remove(name);
    }
    if (retryAfter !== undefined) {
      ctx.set('Retry-After', String(retryAfter));
    }
    if (ctx.accepts('json', 'html') === 'html') {
      showError(ctx, {
        status,
        kind,
        ...(message === undefined ? {} : { message }),
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(next === undefined ? {} : { next }),
      });
      return;
    }
    ctx.status = status;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = {
      error: codes[status] ?? 'invalid_request',
      error_description: message ?? 'the server could not answer this request',
      reference: requestId,
    };
  }

  return async function turnErrorsIntoAnswers(ctx, goOn) {
    try {
      await goOn();
    } catch (error) {
      answer(ctx, error);
      return;
    }
    if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
      answer(ctx, new NotFoundError('There is nothing at this address.'));
    }
  };
}
