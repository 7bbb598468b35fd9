/**
 * The first thing done to a request: who is calling, by the proxy rules, and under which reference it is spoken of.
 * Whatever its headers say, the request then carries the truth where Koa and the engine look for it: scheme and host
 * of `ISSUER`, address of the caller. (The engine builds its URLs from the request, RFC 9700 §4.15 notwithstanding.)
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import type { Middleware } from 'koa';
import { setRequestContext } from '../../oidc/request-context.ts';
import type { Views } from '../../views.ts';
import { isLocalCaller } from '../local-caller.ts';
import type { SiteMap } from '../site-map.ts';

type Network = ReturnType<typeof ipaddr.parseCIDR>;

function networkOf(block: string): Network {
  if (block.includes('/')) {
    return ipaddr.parseCIDR(block);
  }
  const address = ipaddr.process(block);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function parseAddress(text: string): ReturnType<typeof ipaddr.process> | undefined {
  return text.length <= 64 && ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/**
 * Makes the function that finds the caller's address: the peer's, or where the peer is a trusted proxy the right-most
 * entry of `X-Forwarded-For` that is not one. What cannot be read is passed over, towards the peer.
 * @param trustedProxies addresses and CIDR blocks
 */
export function createClientAddress(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const networks = trustedProxies.map(networkOf);
  const isTrusted = (text: string): boolean => {
    const address = parseAddress(text);
    return (
      address !== undefined &&
      networks.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits]))
    );
  };
  // Peers that call at the same time.
  const peers = new LRUCache<string, string>({
    max: 10_000,
    memoMethod: (text) => parseAddress(text)?.toString() ?? 'unknown',
  });
  return (request) => {
    const peer = peers.memo(request.socket.remoteAddress ?? '');
    const forwarded = request.headers['x-forwarded-for'];
    if (networks.length === 0 || forwarded === undefined || !isTrusted(peer)) {
      return peer;
    }
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)
      .split(',')
      .map((hop) => hop.trim())
      .slice(-20);
    let address = peer;
    for (const hop of hops.toReversed()) {
      const parsed = parseAddress(hop);
      if (parsed === undefined) {
        break;
      }
      address = parsed.toString();
      if (!isTrusted(address)) {
        break;
      }
    }
    return address;
  };
}

/** Headers by which a client or proxy could claim another scheme, host, path or method. */
const claims = [
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-http-method-override',
  'x-original-url',
  'x-rewrite-url',
];

export function identify(deps: {
  readonly issuer: string;
  readonly trustedProxies: readonly string[];
  readonly development: boolean;
  readonly views: Views;
  readonly siteMap: SiteMap;
}): Middleware {
  const scheme = new URL(deps.issuer).protocol.slice(0, -1);
  const clientAddress = createClientAddress(deps.trustedProxies);
  return async function identifyRequest(ctx, next) {
    const address = clientAddress(ctx.req);
    // Before the headers are replaced.
    const developer = deps.development && isLocalCaller(ctx.req);
    const { headers } = ctx.req;
    for (const name of claims) {
      if (headers[name] !== undefined) {
        delete headers[name];
      }
    }
    headers['x-forwarded-proto'] = scheme;
    headers['x-forwarded-for'] = address;
    const requestId = randomUUID();
    let asked: string | undefined;
    setRequestContext(ctx.req, {
      requestId,
      address,
      developer,
      // As the request line has it: Koa's path is what is left when odd characters were interpreted.
      endpoint: deps.siteMap.find(ctx.req.url?.split('?', 1)[0] ?? ''),
      preferLocales: (uiLocales) => {
        asked = uiLocales;
      },
      // Programs are answered without one.
      get locale() {
        const uiLocales = asked ?? (typeof ctx.query['ui_locales'] === 'string' ? ctx.query['ui_locales'] : undefined);
        return deps.views.negotiateLocale({ uiLocales, acceptLanguage: headers['accept-language'] });
      },
    });
    ctx.set('X-Request-Id', requestId);
    await next();
  };
}
