/**
 * The files of `views/assets` and of the operator's folder, kept in memory. Their names contain a digest of the
 * content, so that a browser may cache them for ever. The extension decides the content type; an unknown one prevents
 * the start.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

export interface Asset {
  /** Path below the assets' address, with the digest in it: `style-3f9a0c1b2d4e.css`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** SHA-256 of the body, hex, twelve characters. */
  readonly hash: string;
}

export interface Assets {
  /** The path with the digest for a file name in the folder; undefined if there is no such file. */
  pathOf(name: string): string | undefined;
  list(): readonly Asset[];
  find(path: string): Asset | undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Reads every asset once. Stylesheets come last, because a `url(name)` in them that names another asset is replaced by
 * that asset's name with its digest.
 *
 * @param files name in the folder, and the file that it is read from
 * @param problems receives what is wrong, one sentence each
 */
export function loadAssets(files: ReadonlyMap<string, string>, problems: string[]): Assets {
  const byName = new Map<string, Asset>();
  const names = [...files.keys()].sort((a, b) => Number(a.endsWith('.css')) - Number(b.endsWith('.css')));
  for (const name of names) {
    const file = files.get(name) ?? '';
    const contentType = contentTypes[extname(name).toLowerCase()];
    if (contentType === undefined) {
      problems.push(`${file}: an asset ends in one of ${Object.keys(contentTypes).join(', ')}`);
      continue;
    }
    const raw = readFileSync(file);
    byName.set(
      name,
      makeAsset(
        name,
        contentType,
        name.endsWith('.css') ? Buffer.from(withDigests(raw.toString('utf8'), byName)) : raw,
      ),
    );
  }
  const byPath = new Map([...byName.values()].map((asset) => [asset.path, asset]));
  return {
    pathOf: (name) => byName.get(name)?.path,
    list: () => [...byPath.values()],
    find: (path) => byPath.get(path),
  };
}

/** Makes an asset with this name, with the digest before the extension. */
export function makeAsset(name: string, contentType: string, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const extension = extname(name);
  return { path: `${name.slice(0, name.length - extension.length)}-${hash}${extension}`, contentType, body, hash };
}

function withDigests(stylesheet: string, assets: ReadonlyMap<string, Asset>): string {
  return stylesheet.replace(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (whole, _quote, name: string) => {
    const asset = assets.get(name);
    return asset === undefined ? whole : `url("${asset.path}")`;
  });
}
