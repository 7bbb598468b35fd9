/**
 * Logs a warning when the headers show that a proxy in front of this server is misconfigured. Every request would show
 * the same mistake, so each mistake of each proxy is logged once. The headers are only read here.
 */
import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';

interface Mistake {
  /** A stable name. */
  readonly mistake: 'untrusted' | 'unreadable' | 'not-read' | 'scheme' | 'host';
  readonly message: string;
}

export type WarnOfProxy = (headers: IncomingHttpHeaders, caller: Caller) => void;

/** Bound: mistakes that are remembered, so that they are logged once. */
const maxRemembered = 1000;
/** Characters of a header that are logged. */
const maxLoggedLength = 100;

/** The value that the first proxy sent: each further proxy appends to the list. */
function firstOf(header: string | readonly string[] | undefined): string | undefined {
  const value = typeof header === 'string' ? header : header?.[0];
  return value === undefined
    ? undefined
    : (value.split(',', 1)[0] ?? '').trim().toLowerCase().slice(0, maxLoggedLength);
}

/** Proxies usually have a private address. Public addresses can be any stranger, so they share one entry. */
function nameOf(peer: string): string {
  return ipaddr.isValid(peer) && ipaddr.process(peer).range() !== 'unicast' ? peer : 'public';
}

/** Creates the function that is called with the original headers of each request. */
export function createProxyWarnings(deps: {
  readonly issuer: string;
  readonly log: { warn(fields: object, message: string): void };
}): WarnOfProxy {
  const { issuer, log } = deps;
  const { protocol, hostname, host } = new URL(issuer);
  const scheme = protocol.slice(0, -1);
  const hosts = [host, `${hostname}:${scheme === 'https' ? 443 : 80}`];
  const logged = new LRUCache<string, true>({ max: maxRemembered });

  function mistakesOf(headers: IncomingHttpHeaders, { peer, isTrustedProxy, unreadable }: Caller): Mistake[] {
    const mistakes: Mistake[] = [];
    const isForwarded = headers['x-forwarded-for'] !== undefined;
    if (isForwarded && !isTrustedProxy) {
      mistakes.push({
        mistake: 'untrusted',
        message: `X-Forwarded-For came from ${peer}, which TRUSTED_PROXIES does not list, so it is ignored: everybody behind it counts as one caller. If it is your proxy, add its address to TRUSTED_PROXIES.`,
      });
    }
    if (unreadable !== undefined) {
      mistakes.push({
        mistake: 'unreadable',
        message: `X-Forwarded-For of the proxy ${peer} holds "${unreadable.slice(0, maxLoggedLength)}", which is not an IP address: everybody behind it counts as one caller. Let the proxy send addresses without ports.`,
      });
    }
    if (isTrustedProxy && !isForwarded && (headers.forwarded !== undefined || headers['x-real-ip'] !== undefined)) {
      mistakes.push({
        mistake: 'not-read',
        message: `The proxy ${peer} sends Forwarded or X-Real-IP, but no X-Forwarded-For, the only one that is read: everybody behind it counts as one caller. Let the proxy send X-Forwarded-For.`,
      });
    }
    const forwardedScheme = firstOf(headers['x-forwarded-proto']);
    if (forwardedScheme !== undefined && forwardedScheme !== scheme) {
      mistakes.push({
        mistake: 'scheme',
        message: `X-Forwarded-Proto from ${peer} says "${forwardedScheme}", but ISSUER is ${issuer}. ISSUER decides; browsers must reach this server by it.`,
      });
    }
    const forwardedHost = firstOf(headers['x-forwarded-host']);
    if (forwardedHost !== undefined && !hosts.includes(forwardedHost)) {
      mistakes.push({
        mistake: 'host',
        message: `X-Forwarded-Host from ${peer} says "${forwardedHost}", but ISSUER is ${issuer}. ISSUER decides; browsers must reach this server by it.`,
      });
    }
    return mistakes;
  }

  return (headers, caller) => {
    for (const { mistake, message } of mistakesOf(headers, caller)) {
      const key = `${mistake} ${nameOf(caller.peer)}`;
      if (!logged.has(key)) {
        logged.set(key, true);
        log.warn({ mistake, peer: caller.peer }, message);
      }
    }
  };
}
