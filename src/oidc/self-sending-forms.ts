/**
 * Pages by which the engine goes on with a form that sends itself: an answer to an app by POST (OAuth 2.0 Form Post
 * Response Mode §2), the change to another account, a request to sign out where nobody is signed in. The engine writes
 * them as HTML of its own with an inline script; here its form is read, and shown on a page of ours.
 */
import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

export interface SelfSendingForm {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

const mark = '<title>Submitting Callback</title>';

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => entities[name] ?? '');
}

/** @returns undefined where the body is no such page of the engine */
export function readSelfSendingForm(body: unknown): SelfSendingForm | undefined {
  if (typeof body !== 'string' || !body.includes(mark)) {
    return undefined;
  }
  const action = /<form method="post" action="([^"]*)">/.exec(body)?.[1];
  if (action === undefined) {
    return undefined;
  }
  const inputs = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g);
  return {
    action: unescape(action),
    fields: [...inputs].map(([, name = '', value = '']) => ({ name: unescape(name), value: unescape(value) })),
  };
}

/**
 * Shows such a form on a page of ours. The script that sends it is a file, so the policy that the engine widened for its
 * inline script is set back.
 */
export function showSelfSendingForms(
  show: (ctx: KoaContextWithOIDC, form: SelfSendingForm) => Promise<void>,
): Middleware {
  const policy = 'Content-Security-Policy';
  return async function showFormsOnPagesOfOurs(ctx, next) {
    const before = ctx.response.get(policy);
    await next();
    const form = readSelfSendingForm(ctx.body);
    if (form !== undefined) {
      ctx.set(policy, before);
      await show(ctx as KoaContextWithOIDC, form);
    }
  };
}
