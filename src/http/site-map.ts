/** Every path that this server answers: the endpoints of the protocol, pages by their routers, and the host's own. */
import type { Router } from '@koa/router';
import { assetsPath, endpoints, hostEndpoint, type Endpoint } from '../oidc/endpoints.ts';
import { healthPaths } from './routes/health.ts';

export interface SiteMap {
  /** The row of a path as the request line has it; undefined for any other spelling. */
  find(path: string): Endpoint | undefined;
}

/** What stands for a value in a path: unreserved characters (RFC 3986 §2.3), which have one spelling, and no `..`. */
const value = /^(?!\.)[A-Za-z0-9._~-]+$/;
const readable = ['GET', 'HEAD'];

function pagesOf(routers: readonly Router[]): Endpoint[] {
  const methods = new Map<string, Set<string>>();
  for (const { path, methods: some } of routers.flatMap((router) => router.stack)) {
    methods.set(String(path), new Set([...(methods.get(String(path)) ?? []), ...some]));
  }
  return [...methods].map(([path, some]) => hostEndpoint(path, [...some].toSorted()));
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
        // An operator's files may lie in folders.
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
