/**
 * Cleans logout requests before the engine reads them. An app's mistake must not keep a user from signing out, so
 * unusable parameters are removed: a hint that cannot be verified, an unknown client, a URI that is not registered
 * (OpenID Connect RP-Initiated Logout 1.0 §2, §3). The user is asked, and is not sent back to the app. The page shows a
 * developer what was wrong.
 */
import type { Context, Middleware, Next } from 'koa';
import type { Client, Provider } from 'oidc-provider';
import type { TechnicalDetails } from '../views.ts';
import { endpoints } from './endpoints.ts';
import type { VerifyIdTokenHint } from './id-token-hints.ts';

/** Removes the parameters of a logout request that the engine would reject. */
export function tolerateLogoutMistakes(provider: Provider, verifyHint: VerifyIdTokenHint): Middleware {
  async function removeUnusable(ctx: Context, next: Next): Promise<void> {
    const { id_token_hint: hint, client_id: claimed, post_logout_redirect_uri: uri } = ctx.query;
    const clientId = typeof claimed === 'string' && claimed !== '' ? claimed : undefined;
    const verified = typeof hint === 'string' ? await verifyHint(hint, clientId) : undefined;
    const named = clientId ?? verified?.payload.aud;
    const client = named === undefined ? undefined : await provider.Client.find(named);
    const unusable = [
      ...(typeof hint === 'string' && (verified === undefined || client === undefined) ? ['id_token_hint'] : []),
      ...(typeof claimed === 'string' && client === undefined ? ['client_id'] : []),
      ...(typeof uri === 'string' && client?.postLogoutRedirectUriAllowed(uri) !== true
        ? ['post_logout_redirect_uri']
        : []),
    ];
    if (unusable.length > 0) {
      ctx.query = Object.fromEntries(Object.entries(ctx.query).filter(([name]) => !unusable.includes(name)));
    }
    await next();
  }

  return function tolerateMistakesOfApps(ctx, next) {
    const isLogout = ctx.path === endpoints.end_session.path && ctx.method === 'GET';
    return isLogout ? removeUnusable(ctx, next) : next();
  };
}

/** How to fix an address that is not registered. A command that replaces the list follows. */
export const registerHint =
  'Let the app send exactly what is registered, or register what it sends, too. The command replaces the whole list:';

/** Explains to a developer why `post_logout_redirect_uri` was removed; undefined if it was not. */
export function explainLogoutMistake(
  ctx: Pick<Context, 'originalUrl' | 'query'>,
  client: Client | undefined,
): TechnicalDetails | undefined {
  const original = new URLSearchParams(ctx.originalUrl.split('?')[1]);
  const received = original.get('post_logout_redirect_uri');
  if (received === null || ctx.query['post_logout_redirect_uri'] !== undefined) {
    return undefined;
  }
  if (client === undefined) {
    return {
      message: 'post_logout_redirect_uri is not used: the request does not name its app.',
      hint: 'Let the app send its client_id, or the id_token_hint that it received for this sign-in.',
    };
  }
  const registered = client.postLogoutRedirectUris ?? [];
  return {
    message: 'post_logout_redirect_uri is not registered for this client.',
    comparison: { label: 'post_logout_redirect_uri', received, registered: [...registered] },
    hint: registerHint,
    // The received value is untrusted text, so it does not appear in a command that people paste into a shell.
    command: [
      `npx gatehouse client update ${client.clientId}`,
      ...registered.map((uri) => `--post-logout-redirect-uri '${uri}'`),
      "--post-logout-redirect-uri '…'",
    ].join(' \\\n  '),
  };
}
