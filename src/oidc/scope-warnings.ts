/**
 * Reports which scopes of an app's request were ignored, for its developer: in the log, and on the start page of the
 * development profile. An app repeats its mistake in each request, so
 * each is logged once an hour; and since anybody can send requests in the name of an app, each app has few lines.
 */
import { LRUCache } from 'lru-cache';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestContext } from './request-context.ts';
import type { IgnoredScope } from './requested-scope.ts';

/** Bound: clients that are remembered. */
const maxClients = 1000;
/** Lines of one client an hour. */
const maxLines = 20;
const hourMs = 3_600_000;
/** Characters of a line that the request decides. */
const maxLength = 300;

const reasons: Readonly<Record<IgnoredScope['reason'], string>> = {
  unknown: 'nothing has this scope',
  'other-api': 'it belongs to another API than the one that resource names',
  'no-refresh-tokens': 'the client gets no refresh tokens',
};

/** One sentence about the scopes that were ignored. */
export function describeIgnored(ignored: readonly IgnoredScope[]): string {
  return ignored
    .map(({ scope, reason }) => `${scope.slice(0, 100)} (${reasons[reason]})`)
    .join(', ')
    .slice(0, maxLength);
}

/** Newest first. */
const maxRecent = 10;

/** A mistake of an app that did not stop its request. */
export interface AppWarning {
  readonly clientId: string;
  readonly text: string;
}

export interface ScopeWarnings {
  warn(ctx: KoaContextWithOIDC, ignored: readonly IgnoredScope[]): void;
  /** The latest lines that this process has logged, newest first. */
  recent(): readonly AppWarning[];
}

export function createScopeWarnings(deps: {
  readonly log: { warn(fields: object, message: string): void };
}): ScopeWarnings {
  let recent: readonly AppWarning[] = [];
  const logged = new LRUCache<string, Set<string>>({ max: maxClients, ttl: hourMs });
  function warn(ctx: KoaContextWithOIDC, ignored: readonly IgnoredScope[]): void {
    const clientId = ctx.oidc.client?.clientId;
    if (clientId === undefined || ignored.length === 0) {
      return;
    }
    const line = describeIgnored(ignored);
    const lines = logged.get(clientId) ?? new Set();
    if (lines.has(line) || lines.size >= maxLines) {
      return;
    }
    lines.add(line);
    if (lines.size === 1) {
      logged.set(clientId, lines);
    }
    const text = `scopes were ignored: ${line}`;
    recent = [{ clientId, text }, ...recent].slice(0, maxRecent);
    deps.log.warn({ requestId: requestContext(ctx.req).requestId, clientId }, text);
  }

  return { warn, recent: () => recent };
}
