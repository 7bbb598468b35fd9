/** Every path that this server answers: protocol endpoints, the routes of the pages, health checks and assets. */
import type { Router } from '@koa/router';
import { assetsPath, endpoints, hostEndpoint, type Endpoint } from '../oidc/endpoints.ts';
import { healthPaths } from './routes/health.ts';

export interface SiteMap {
  /** The endpoint of a path, as written in the request line; undefined for any other spelling. */
  find(path: string): Endpoint | undefined;
}

/** A parameter in a path: unreserved characters (RFC 3986 §2.3), which have only one spelling, and no leading dot. */
const value = /^(?!\.)[A-Za-z0-9._~-]+$/;
const readable = ['GET', 'HEAD'];

function pagesOf(routers: readonly Router[]): Endpoint[] {
  const methods = new Map<string, Set<string>>();
  for (const { path, methods: added } of routers.flatMap((router) => router.stack)) {
    methods.set(String(path), new Set([...(methods.get(String(path)) ?? []), ...added]));
  }
  // Some endpoints of the table are answered by a router, too.
  const inTable = new Set<string>(Object.values(endpoints).map(({ path }) => path));
  return [...methods].flatMap(([path, allowed]) =>
    inTable.has(path) ? [] : [hostEndpoint(path, [...allowed].toSorted())],
  );
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) =>
      part.startsWith(':') ? value.test(segments[index] ?? '') : part === segments[index],
    )
  );
}

export function createSiteMap(pages: readonly Router[]): SiteMap {
  const rows: readonly Endpoint[] = [
    ...Object.values(endpoints),
    ...pagesOf(pages),
    ...healthPaths.map((path) => hostEndpoint(path, readable)),
  ];
  const fixed = new Map(rows.filter(({ path }) => !path.includes('/:')).map((row) => [row.path, row]));
  const patterns = rows.filter(({ path }) => path.includes('/:')).map((row) => ({ row, parts: row.path.split('/') }));
  const assets = hostEndpoint(`${assetsPath}/:file`, readable);
  return {
    find: (path) => {
      const known = fixed.get(path);
      if (known !== undefined) {
        return known;
      }
      if (path.startsWith(`${assetsPath}/`)) {
        // An operator's assets may be in subfolders.
        return path
          .slice(assetsPath.length + 1)
          .split('/')
          .every((part) => value.test(part))
          ? assets
          : undefined;
      }
      const segments = path.split('/');
      return patterns.find(({ parts }) => matches(parts, segments))?.row;
    },
  };
}
