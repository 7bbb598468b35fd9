/**
 * Says in the log that a proxy in front of this server is set up wrongly, as far as its headers show it. Each mistake of
 * each proxy once: every request has it. Nothing is decided here.
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

/** Mistakes that are remembered, so that they are not logged again. */
const maxRemembered = 1000;
/** Characters of a header that are logged. */
const maxShown = 100;

/** Of a list, which each proxy on the way extends, what the first one said. */
function firstOf(header: string | readonly string[] | undefined): string | undefined {
  const value = typeof header === 'string' ? header : header?.[0];
  return value === undefined ? undefined : (value.split(',', 1)[0] ?? '').trim().toLowerCase().slice(0, maxShown);
}

/** Proxies usually call from a private address; others are many strangers, who share one place in the memory. */
function nameOf(peer: string): string {
  return ipaddr.isValid(peer) && ipaddr.process(peer).range() !== 'unicast' ? peer : 'public';
}

/** Makes the function that is given each request's headers as they came. */
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
        message: `X-Forwarded-For came from ${peer}, which TRUSTED_PROXIES does not list, and is not believed: everybody behind it counts as one caller. If it is your proxy, add its address to TRUSTED_PROXIES.`,
      });
    }
    if (unreadable !== undefined) {
      mistakes.push({
        mistake: 'unreadable',
        message: `X-Forwarded-For of the proxy ${peer} holds "${unreadable.slice(0, maxShown)}", which is no IP address: everybody behind it counts as one caller. Let the proxy send addresses without ports.`,
      });
    }
    if (isTrustedProxy && !isForwarded && (headers.forwarded !== undefined || headers['x-real-ip'] !== undefined)) {
      mistakes.push({
        mistake: 'not-read',
        message: `The proxy ${peer} sends Forwarded or X-Real-IP, but no X-Forwarded-For, which alone is read: everybody behind it counts as one caller. Let the proxy send X-Forwarded-For.`,
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
