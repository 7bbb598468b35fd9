/** The part of a network address that one person holds: what attempts are counted by. */
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** A /64 is the least that a household is given (RFC 6177), so counting single IPv6 addresses counts nothing. */
const ipv6Prefix = 64;
/**
 * @param address a textual address, as a socket or a trusted proxy gave it
 * @returns an IPv4 address (also for one mapped into IPv6, RFC 4291 §2.5.5.2), or an IPv6 /64; one common block for
 *   whatever cannot be read, so that nonsense in place of an address is no way around counting
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

/** Of so many addresses the block is kept: of those that call at the same time. */
const blocks = new LRUCache<string, string>({ max: 10_000, memoMethod: blockOf });
