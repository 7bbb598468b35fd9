/**
 * Serves styles, images and scripts from memory. The path contains a hash of the content, so caches keep it for ever.
 * Text is sent compressed to browsers that accept it: it has no secret, so its length may show its content.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context, Middleware } from 'koa';
import { assetsPath } from '../../oidc/endpoints.ts';
import type { Asset, Views } from '../../views.ts';

const prefix = `${assetsPath}/`;
/** Shorter texts fit into one packet anyway. */
const minBytes = 1400;
const compressible = /^(?:text\/|image\/svg\+xml)/;

export function assets(views: Views): Middleware {
  const compress = promisify(gzip);
  /** Each asset is compressed once, when it is requested first. */
  const compressed = new WeakMap<Asset, Promise<Buffer>>();

  function compressedBody(asset: Asset): Promise<Buffer> {
    const body = compressed.get(asset) ?? compress(asset.body, { level: 9 });
    compressed.set(asset, body);
    return body;
  }

  async function serve(ctx: Context): Promise<void> {
    const asset = views.findAsset(ctx.path.slice(prefix.length));
    if (asset !== undefined) {
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.set('Content-Type', asset.contentType);
      if (compressible.test(asset.contentType) && asset.body.length >= minBytes) {
        ctx.vary('Accept-Encoding');
        if (ctx.acceptsEncodings('gzip', 'identity') === 'gzip') {
          ctx.set('Content-Encoding', 'gzip');
          ctx.body = await compressedBody(asset);
          return;
        }
      }
      ctx.body = asset.body;
    }
  }

  return function serveAssets(ctx, next) {
    return ctx.path.startsWith(prefix) ? serve(ctx) : next();
  };
}
