/** IP addresses and networks: how they are read, which are public, and which belong to a private network. */
import ipaddr from 'ipaddr.js';

export type Address = ReturnType<typeof ipaddr.process>;
/** An address and the number of leading bits that all addresses of the network share. */
export type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** @returns the address; IPv4 for one that is mapped into IPv6 (RFC 4291 §2.5.5.2); undefined for other text */
export function parseAddress(text: string): Address | undefined {
  return text.length <= 64 && ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/** @param block a valid address or CIDR block; an address is a network of its own */
export function networkOf(block: string): Network {
  if (block.includes('/')) {
    return ipaddr.parseCIDR(block);
  }
  const address = ipaddr.process(block);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Whether one of these networks contains the address. */
export function isIn(networks: readonly Network[], address: Address): boolean {
  return networks.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits]));
}

/** Whether one of these networks contains the whole network. */
function containsAll(networks: readonly Network[], [address, bits]: Network): boolean {
  return networks.some((outer) => outer[1] <= bits && isIn([outer], address));
}

/** RFC 1918, RFC 6598 (shared address space), loopback, and IPv6 unique local addresses (RFC 4193). */
export const privateBlocks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  'fc00::/7',
  '::1',
] as const;

/**
 * Link-local addresses, and addresses inside private networks at which cloud providers serve metadata. Metadata often
 * contains credentials of the machine, so no app is there.
 */
const metadataBlocks = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', '100.100.100.200'] as const;

const privateNetworks = privateBlocks.map(networkOf);
const metadataNetworks = metadataBlocks.map(networkOf);
const globalUnicast = networkOf('2000::/3');

/** Whether anybody on the Internet may have this address (the IANA registries of special-purpose addresses). */
export function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn([globalUnicast], address));
}

/** Whether it is a link-local address, or one that a cloud provider uses for metadata. */
export function isMetadata(address: Address): boolean {
  return isIn(metadataNetworks, address);
}

/** What kind of network a block is: completely private, completely link-local or metadata, or anything else. */
export function kindOfBlock(block: string): 'private' | 'metadata' | 'other' {
  const network = networkOf(block);
  return containsAll(metadataNetworks, network)
    ? 'metadata'
    : containsAll(privateNetworks, network)
      ? 'private'
      : 'other';
}
