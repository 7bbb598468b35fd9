/**
 * Reads the body of a form once, for all that need it before and in the engine. Only in its plainest form: the type
 * without parameters, and a known length. The engine reads the others.
 */
import type { IncomingMessage } from 'node:http';
import { parse, type ParsedUrlQuery } from 'node:querystring';
import { errors, type Provider } from 'oidc-provider';
import { waitForOthers } from '../storage/request-scope.ts';
import { replaceBodyReading, type Replacement } from './engine-internals.ts';

/** Bytes: the maximum of the engine, which rejects longer ones. */
const maxLength = 56 * 1024;

class BodyTooLarge extends errors.OIDCProviderError {
  constructor() {
    super(413, 'invalid_request');
    this.error_description = `the request body is too large: expected at most ${maxLength / 1024} KiB`;
    this.expose = true;
  }
}

// Stored on Node's request, as the request's context is.
const key = Symbol('form');

interface WithForm {
  [key]?: Promise<ParsedUrlQuery>;
}

/** Node ends the body at the length that its header names, and emits an error if it ends before. */
function read(request: IncomingMessage): Promise<ParsedUrlQuery> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) {
      reject(new Error('the caller has closed the connection'));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => resolve(parse(Buffer.concat(chunks).toString())));
    request.on('error', reject);
  });
}

/**
 * The parameters of a form; undefined if the body has another form or is not known to be short. Nothing was read then.
 * Rejects if the caller has closed the connection.
 */
export function formOf(request: IncomingMessage): Promise<ParsedUrlQuery> | undefined {
  const { 'content-type': type, 'content-length': length = '', 'transfer-encoding': encoding } = request.headers;
  const isPlain = type === 'application/x-www-form-urlencoded' && encoding === undefined && /^\d{1,5}$/.test(length);
  if (!isPlain || Number(length) > maxLength) {
    return undefined;
  }
  const stored = request as WithForm;
  stored[key] ??= read(request);
  return stored[key];
}

/** How the engine reads a form, which says of a long one only that it cannot be parsed. */
export const readForm: Replacement = async (ctx, next, original) => {
  const arrived = Promise.withResolvers<undefined>();
  const answered = original(ctx, () => {
    arrived.resolve(undefined);
    return next();
  });
  try {
    await waitForOthers(() => Promise.race([arrived.promise, answered]));
    await answered;
  } catch (error) {
    const { cause } = error as Error;
    throw cause instanceof Error && cause.message === 'request entity too large' ? new BodyTooLarge() : error;
  }
};

/** Makes the engine use a form that was read already, and {@link readForm} for the others. */
export function readForms(provider: Provider): void {
  replaceBodyReading(provider, async (ctx, next, original) => {
    const form = (ctx.req as WithForm)[key];
    if (form === undefined) {
      await readForm(ctx, next, original);
      return;
    }
    try {
      Object.assign(ctx.oidc, { body: await waitForOthers(() => form) });
    } catch (cause) {
      throw new errors.InvalidRequest('failed to parse the request body', undefined, {
        cause: cause instanceof Error ? cause : undefined,
      });
    }
    await next();
  });
}
