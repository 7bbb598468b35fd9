/**
 * Finds the caller's address. It is the peer's address, or, if the peer is a trusted proxy, the right-most entry of
 * `X-Forwarded-For` that is not a trusted proxy. Reading stops at an entry that is not an IP address: the last address
 * before it counts.
 */
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { isIn, networkOf, parseAddress } from '../networks.ts';

export interface Caller {
  /** The address that throttles, limits and audit events use. */
  readonly address: string;
  /** The other end of the connection. */
  readonly peer: string;
  readonly isTrustedProxy: boolean;
  /** The entry of `X-Forwarded-For` that is not an IP address, if reading stopped at one. */
  readonly unreadable?: string;
}

/** Entries of `X-Forwarded-For` that are read, from the right. */
const maxHops = 20;

/** @param trustedProxies addresses and CIDR blocks */
export function createFindCaller(trustedProxies: readonly string[]): (request: IncomingMessage) => Caller {
  const networks = trustedProxies.map(networkOf);
  const isTrusted = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && isIn(networks, address);
  };
  // Bound: the number of different peers at one time.
  const peers = new LRUCache<string, Caller>({
    max: 10_000,
    memoMethod: (text) => {
      const peer = parseAddress(text)?.toString() ?? 'unknown';
      return { peer, address: peer, isTrustedProxy: isTrusted(peer) };
    },
  });
  return (request) => {
    const caller = peers.memo(request.socket.remoteAddress ?? '');
    const forwarded = request.headers['x-forwarded-for'];
    if (!caller.isTrustedProxy || forwarded === undefined) {
      return caller;
    }
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)
      .split(',')
      .map((hop) => hop.trim())
      .slice(-maxHops);
    let { address } = caller;
    for (const hop of hops.toReversed()) {
      const parsed = parseAddress(hop);
      if (parsed === undefined) {
        return { ...caller, address, unreadable: hop };
      }
      address = parsed.toString();
      if (!isTrusted(address)) {
        break;
      }
    }
    return { ...caller, address };
  };
}
