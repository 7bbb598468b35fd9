/**
 * The last word on what went wrong: every error that reaches the HTTP layer becomes a page for a browser and JSON for a
 * program, with the reference that log and audit carry. What is not one of ours says nothing but that it happened.
 */
import type { Context, Middleware } from 'koa';
import { GatehouseError } from '../../errors.ts';
import type { Logger } from '../../logging.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { ErrorKind, Views } from '../../views.ts';

const kinds: Readonly<Record<number, ErrorKind>> = {
  403: 'access_denied',
  404: 'not_found',
  410: 'not_found',
  429: 'throttled',
  503: 'unavailable',
};

/** OAuth's error code for programs (RFC 6749 §5.2 and §4.1.2.1) where it has one. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  404: 'not_found',
  429: 'temporarily_unavailable',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

interface Problem {
  readonly status: number;
  readonly message: string | undefined;
  readonly retryAfter: number | undefined;
  readonly kind?: ErrorKind;
}

function httpErrorStatus(error: unknown): number | undefined {
  if (typeof error === 'object' && error !== null && 'status' in error && 'expose' in error && error.expose === true) {
    return typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : undefined;
  }
  return undefined;
}

function problemOf(error: unknown): Problem {
  if (error instanceof GatehouseError) {
    return {
      status: error.status,
      message: error.status === 500 ? undefined : error.message,
      retryAfter: error.retryAfter,
    };
  }
  // Before the others: the engine's own error of this name is an HTTP error, too.
  if (error instanceof Error && error.name === 'SessionNotFound') {
    return { status: 400, message: undefined, retryAfter: undefined, kind: 'expired' };
  }
  const status = httpErrorStatus(error);
  if (status !== undefined && error instanceof Error) {
    return { status, message: error.message, retryAfter: undefined };
  }
  return { status: 500, message: undefined, retryAfter: undefined };
}

export interface ErrorAnswers {
  /** Answers with a problem: nothing that was prepared before it is left, cookies included. */
  answer(ctx: Context, error: unknown): void;
  readonly middleware: Middleware;
}

export function createErrorAnswers(deps: { readonly views: Views; readonly log: Logger }): ErrorAnswers {
  const { views, log } = deps;

  function answer(ctx: Context, error: unknown): void {
    const { requestId, locale } = requestContext(ctx.req);
    const { status, message, retryAfter, kind } = problemOf(error);
    if (status >= 500) {
      log.error(
        { requestId, err: error, detail: error instanceof GatehouseError ? error.detail : undefined },
        'request failed',
      );
    }
    for (const name of ['Location', 'Set-Cookie', 'WWW-Authenticate', 'Content-Length', 'Content-Encoding']) {
      ctx.remove(name);
    }
    ctx.status = status;
    ctx.set('Cache-Control', 'no-store');
    if (retryAfter !== undefined) {
      ctx.set('Retry-After', String(retryAfter));
    }
    if (ctx.accepts('json', 'html') === 'html') {
      ctx.type = 'html';
      ctx.body = views.render(
        'error',
        { locale, assetsPath: '/assets' },
        {
          status,
          kind: kind ?? kinds[status] ?? 'general',
          reference: requestId,
          ...(message === undefined ? {} : { message }),
          ...(retryAfter === undefined ? {} : { retryAfter }),
        },
      );
      return;
    }
    ctx.body = {
      error: codes[status] ?? 'invalid_request',
      error_description: message ?? 'the server could not answer this request',
      reference: requestId,
    };
  }

  return {
    answer,
    middleware: async function answerErrors(ctx, next) {
      try {
        await next();
      } catch (error) {
        answer(ctx, error);
        return;
      }
      if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
        answer(ctx, Object.assign(new Error('There is nothing at this address.'), { status: 404, expose: true }));
      }
    },
  };
}
