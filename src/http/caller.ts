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
/** Bound: addresses of callers and proxies that are remembered, because parsing one costs more than the rest here. */
const maxRemembered = 10_000;
/** Characters of the textual form of an address, with a zone. Longer text is not remembered. */
const maxAddressLength = 64;

interface Hop {
  /** Undefined for text that is not an IP address. */
  readonly address: string | undefined;
  readonly isTrusted: boolean;
}

/** @param trustedProxies addresses and CIDR blocks */
export function createFindCaller(trustedProxies: readonly string[]): (request: IncomingMessage) => Caller {
  const networks = trustedProxies.map(networkOf);
  const hops = new LRUCache<string, Hop>({
    max: maxRemembered,
    memoMethod: (text) => {
      const parsed = parseAddress(text);
      return { address: parsed?.toString(), isTrusted: parsed !== undefined && isIn(networks, parsed) };
    },
  });
  const read = (text: string): Hop =>
    text.length > maxAddressLength ? { address: undefined, isTrusted: false } : hops.memo(text);

  return (request) => {
    const { address: peer = 'unknown', isTrusted: isTrustedProxy } = read(request.socket.remoteAddress ?? '');
    const caller = { peer, address: peer, isTrustedProxy };
    const forwarded = request.headers['x-forwarded-for'];
    if (!isTrustedProxy || forwarded === undefined) {
      return caller;
    }
    const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    let end = list.length;
    for (let hop = 0; hop < maxHops && end >= 0; hop += 1) {
      const start = list.slice(0, end).lastIndexOf(',') + 1;
      const text = list.slice(start, end).trim();
      end = start - 1;
      const { address, isTrusted } = read(text);
      if (address === undefined) {
        return { ...caller, unreadable: text };
      }
      caller.address = address;
      if (!isTrusted) {
        break;
      }
    }
    return caller;
  };
}
