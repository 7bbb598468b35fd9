/**
 * The one place where an error becomes a response: a page for a browser, JSON for a program, with the request id that
 * log lines and audit events have. For an error of unknown type, the response contains no details.
 */
import type { Context, Middleware } from 'koa';
import { GatehouseError, NotFoundError, OverloadedError, type ErrorCode, type NextStep } from '../../errors.ts';
import type { Logger } from '../../logging.ts';
import type { ShowErrorPage } from '../../oidc/error-page.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { ErrorKind } from '../../views.ts';

/** The kind of page that shows an error; `general` for codes that are not listed. */
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

/** The error code for programs: that of OAuth (RFC 6749 §5.2 and §4.1.2.1) where one exists. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  404: 'not_found',
  429: 'temporarily_unavailable',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/** The part of an error that the response shows. The rest is only logged. */
interface Problem {
  readonly status: number;
  readonly kind: ErrorKind;
  readonly message?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly next?: NextStep | undefined;
}

/** Errors of libraries that read requests, if they are the caller's mistake (4xx). */
function callerMistake(error: unknown): Problem | undefined {
  if (error instanceof Error && 'status' in error && 'expose' in error && error.expose === true) {
    const { status } = error;
    // The library that reads bodies has the limit beside its message.
    const message =
      'limit' in error && typeof error.limit === 'number'
        ? `The request body is too large: expected at most ${error.limit / 1024} KiB.`
        : error.message;
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

/** Headers of the response that was abandoned, including its cookies. */
const abandonedHeaders = ['Location', 'Set-Cookie', 'WWW-Authenticate', 'Content-Length', 'Content-Encoding'];

export function answerErrors(deps: { readonly showError: ShowErrorPage; readonly log: Logger }): Middleware {
  const { showError, log } = deps;

  function answer(ctx: Context, error: unknown): void {
    const { requestId, endpoint } = requestContext(ctx.req);
    const { status, kind, message, retryAfter, next } = problemOf(error);
    if (error instanceof OverloadedError) {
      // One short line: a storm of requests that are rejected must not become a storm of stack traces.
      log.warn({ requestId, detail: error.detail }, 'too busy for a request');
    } else if (status >= 500) {
      log.error(
        { requestId, err: error, detail: error instanceof GatehouseError ? error.detail : undefined },
        'request failed',
      );
    }
    for (const name of abandonedHeaders) {
      ctx.remove(name);
    }
    if (retryAfter !== undefined) {
      ctx.set('Retry-After', String(retryAfter));
    }
    if (endpoint !== undefined && endpoint.cors !== 'none') {
      // Every origin, also before it is known whose app it is: the error says nothing about a client or a user. A
      // browser would tell the app only that the server cannot be reached.
      ctx.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' });
    }
    if (endpoint?.errors !== 'json' && ctx.accepts('json', 'html') === 'html') {
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

  // `next` is the next step of the user on the page here, so the next middleware has another name.
  return async function turnErrorsIntoResponses(ctx, nextMiddleware) {
    try {
      await nextMiddleware();
    } catch (error) {
      answer(ctx, error);
      return;
    }
    if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
      answer(ctx, new NotFoundError('There is nothing at this address.'));
    }
  };
}
