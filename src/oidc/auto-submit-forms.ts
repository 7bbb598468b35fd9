/**
 * The engine's auto-submit forms: a response to an app by POST (OAuth 2.0 Form Post Response Mode §2), the change to
 * another account, a logout request if nobody is signed in. The engine sends its own HTML with an inline script. Here
 * its form is parsed and shown on a page of ours.
 */
import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

export interface AutoSubmitForm {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

const titleOfPage = '<title>Submitting Callback</title>';

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => entities[name] ?? '');
}

/** @returns undefined if the body is not such a page of the engine */
export function readAutoSubmitForm(body: unknown): AutoSubmitForm | undefined {
  if (typeof body !== 'string' || !body.includes(titleOfPage)) {
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
 * Shows such a form on a page of ours. Its script is a file, so the content security policy, which the engine has
 * relaxed for its inline script, is restored.
 */
export function showAutoSubmitForms(
  show: (ctx: KoaContextWithOIDC, form: AutoSubmitForm) => Promise<void>,
): Middleware {
  const policy = 'Content-Security-Policy';
  return async function showFormsOnOurPages(ctx, next) {
    const before = ctx.response.get(policy);
    await next();
    const form = readAutoSubmitForm(ctx.body);
    if (form !== undefined) {
      ctx.set(policy, before);
      await show(ctx as KoaContextWithOIDC, form);
    }
  };
}
