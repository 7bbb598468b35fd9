/**
 * The endpoint at which anybody may report leaked tokens, in the form of GitHub's secret scanning partner program: a
 * JSON array of `{ token, type, url, source }`, answered with one of `{ token_raw, token_type, label }`. GitHub signs
 * its reports. The signature is not verified, because a report needs no other proof than the token.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { z } from 'zod';
import { InvalidInputError, UnsupportedMediaTypeError } from '../../errors.ts';
import { endpoints } from '../../oidc/endpoints.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { LeakedTokens } from '../../services/tokens/leaked-tokens.ts';

/** Bytes. */
const maxBodyBytes = 256 * 1024;
/** Each may cost a read or two. */
const maxTokens = 100;

const reports = z
  .array(
    z.object({
      token: z.string(),
      type: z.string().optional(),
      url: z.string().optional(),
      source: z.string().optional(),
    }),
  )
  .min(1)
  .max(maxTokens);

async function readReports(ctx: Context): Promise<z.output<typeof reports>> {
  if (ctx.is('application/json') === false || ctx.get('content-encoding') !== '') {
    throw new UnsupportedMediaTypeError('Reports are sent as application/json, without a content encoding.');
  }
  const { length } = ctx.request;
  const body = await getRawBody(ctx.req, {
    limit: maxBodyBytes,
    encoding: 'utf8',
    ...(length === undefined ? {} : { length }),
  });
  const parsed = reports.safeParse(parseJson(body));
  if (!parsed.success) {
    throw new InvalidInputError(
      `Expected a JSON array of 1 to ${maxTokens} objects with "token", and optionally "type", "url" and "source", all texts.`,
    );
  }
  return parsed.data;
}

/** Undefined for text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function leakedTokenRoutes({ leakedTokens }: { readonly leakedTokens: LeakedTokens }): Router {
  const router = new Router();
  router.post(endpoints.leaked_tokens.path, async (ctx) => {
    const labels = [];
    for (const { token, type, url, source } of await readReports(ctx)) {
      const isOurs = await leakedTokens.report(
        token,
        { ...(url === undefined ? {} : { url }), ...(source === undefined ? {} : { source }) },
        actorOf(ctx.req, 'system'),
      );
      labels.push({ token_raw: token, token_type: type, label: isOurs ? 'true_positive' : 'false_positive' });
    }
    ctx.set('Cache-Control', 'no-store');
    ctx.body = labels;
  });
  return router;
}
