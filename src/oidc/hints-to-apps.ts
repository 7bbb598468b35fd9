/**
 * Adds the setting that fixes a mistake to `error_description` of the answer that the app receives, since most apps
 * show or log it. Only for the developer on this machine: an app must not depend on these words, and in production
 * nobody learns from them which library an app uses.
 */
import type { Context, Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { requestContext } from './request-context.ts';
import { settingHint, type SettingHint } from './setting-hints.ts';
import type { AutoSubmitForm } from './auto-submit-forms.ts';

/** The hints of requests that were rejected, until they are answered. */
const hints = new WeakMap<object, SettingHint>();

const events = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'pushed_authorization_request.error',
  'revocation.error',
] as const;

/** The engine emits these before or after it made the response, so the hint is only remembered here. */
export function rememberHints(provider: Provider): void {
  for (const event of events) {
    provider.on(event as 'authorization.error', (ctx, error) => {
      const hint = requestContext(ctx.req).developer ? settingHint(ctx, error) : undefined;
      if (hint !== undefined) {
        hints.set(ctx.req, hint);
      }
    });
  }
}

function withHint(description: string | null | undefined, { library, text }: SettingHint): string {
  const origin = library === undefined ? '' : `This looks like ${library}. `;
  return `${description ?? ''} (${origin}${text})`.trimStart();
}

/** Adds the hint to the fields of a response by POST. */
export function withHintInForm({ req }: { readonly req: object }, form: AutoSubmitForm): AutoSubmitForm {
  const hint = hints.get(req);
  return hint === undefined
    ? form
    : {
        ...form,
        fields: form.fields.map(({ name, value }) =>
          name === 'error_description' ? { name, value: withHint(value, hint) } : { name, value },
        ),
      };
}

/** An authorization response has its parameters in the query, or in the fragment if the app asked for a token there. */
function withHintInAddress(location: string, hint: SettingHint): string {
  const url = new URL(location);
  const fragment = new URLSearchParams(url.hash.slice(1));
  if (url.searchParams.has('error')) {
    url.searchParams.set('error_description', withHint(url.searchParams.get('error_description'), hint));
  } else if (fragment.has('error')) {
    fragment.set('error_description', withHint(fragment.get('error_description'), hint));
    url.hash = fragment.toString();
  }
  return url.href;
}

/** Adds the hint to a JSON answer or a redirect to the app. */
function addHint(ctx: Context): void {
  const hint = hints.get(ctx.req);
  if (hint === undefined) {
    return;
  }
  const body: unknown = ctx.body;
  if (ctx.res.hasHeader('Location')) {
    ctx.set('Location', withHintInAddress(ctx.response.get('Location'), hint));
  } else if (typeof body === 'object' && body !== null && 'error' in body) {
    const description = 'error_description' in body ? String(body.error_description) : undefined;
    ctx.body = { ...body, error_description: withHint(description, hint) };
  }
}

/** Adds hints to the answers for the developer on this machine. */
export const addHintsForApps: Middleware = (ctx, next) =>
  requestContext(ctx.req).developer ? next().then(() => addHint(ctx)) : next();
