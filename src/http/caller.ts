/**
 * Who is calling, by the proxy rules: the peer, or where the peer is a trusted proxy the right-most entry of
 * `X-Forwarded-For` that is not one. What cannot be read is passed over, towards the peer.
 */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

export interface Caller {
  /** The address that counts. */
  readonly address: string;
  /** The other end of the connection. */
  readonly peer: string;
  readonly isTrustedProxy: boolean;
  /** The entry of `X-Forwarded-For` that is no address, where a trusted proxy sent one that counts. */
  readonly unreadable?: string;
}

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Entries of `X-Forwarded-For` that are read, from the right. */
const maxHops = 20;

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

/** @param trustedProxies addresses and CIDR blocks */
export function createFindCaller(trustedProxies: readonly string[]): (request: IncomingMessage) => Caller {
  const networks = trustedProxies.map(networkOf);
  const isTrusted = (text: string): boolean => {
    const address = parseAddress(text);
    return (
      address !== undefined &&
      networks.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits]))
    );
  };
  // Peers that call at the same time.
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
