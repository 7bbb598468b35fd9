/** The part of a network address that one user controls. Attempts are counted by it. */
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** A household gets at least a /64 (RFC 6177), so counting by single IPv6 addresses would have no effect. */
const ipv6Prefix = 64;

/**
 * @param address a textual address, as a socket or a trusted proxy gave it
 * @returns an IPv4 address (also for one mapped into IPv6, RFC 4291 §2.5.5.2), or an IPv6 /64. All addresses that
 *   cannot be read share one block, so that an invalid address does not avoid the counting.
 */
export function addressBlock(address: string): string {
  return blocks.memo(address);
}

function blockOf(address: string): string {
  if (address.length > 64 || !ipaddr.isValid(address)) {
    return 'unreadable';
  }
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') {
    return parsed.toString();
  }
  const bytes = parsed.toByteArray();
  const block = bytes.map((byte, index) => (index < ipv6Prefix / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(block).toString()}/${ipv6Prefix}`;
}

/** A cache for the addresses that send requests at the same time. */
const blocks = new LRUCache<string, string>({ max: 10_000, memoMethod: blockOf });
