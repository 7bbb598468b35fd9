/**
 * Serves styles, images and scripts from memory. The path contains a hash of the content, so caches keep it for ever.
 */
import type { Middleware } from 'koa';
import { assetsPath } from '../../oidc/endpoints.ts';
import type { Views } from '../../views.ts';

const prefix = `${assetsPath}/`;

export function assets(views: Views): Middleware {
  return async function serveAssets(ctx, next) {
    if (!ctx.path.startsWith(prefix)) {
      await next();
      return;
    }
    const asset = views.findAsset(ctx.path.slice(prefix.length));
    if (asset !== undefined) {
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.set('Content-Type', asset.contentType);
      ctx.body = asset.body;
    }
  };
}
