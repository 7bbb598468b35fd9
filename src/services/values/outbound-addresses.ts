/**
 * The addresses to which this server may send requests for apps: public ones, and the private networks that the
 * operator lists. Without the rule, whoever registers an app could make this server call the internal network (OWASP
 * ASVS 5.0 1.3.6). Requests follow the rule in `oidc/outbound-calls.ts`; here a registration is checked in advance.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isIn, isMetadata, isPublic, networkOf, parseAddress } from '../../networks.ts';
import type { ClientDocument } from '../../storage/collections.ts';

export interface OutboundRule {
  /** Whether every address is allowed. */
  readonly unlimited: boolean;
  /** @returns why no request may be sent to this IP address, as the end of a sentence; undefined if one may */
  refusalOf(address: string): string | undefined;
}

export interface OutboundSettings {
  /** Whether all private networks are allowed. */
  readonly privateNetworks: boolean;
  /** The private networks that are allowed: addresses and CIDR blocks. */
  readonly allow: readonly string[];
}

export function createOutboundRule({ privateNetworks, allow }: OutboundSettings): OutboundRule {
  const allowed = allow.map(networkOf);

  function refusalOf(text: string): string | undefined {
    const address = parseAddress(text);
    if (address === undefined) {
      return `${text} is not an IP address`;
    }
    if (isMetadata(address)) {
      return `${address.toString()} is a link-local or metadata address, which is never called`;
    }
    return isPublic(address) || isIn(allowed, address)
      ? undefined
      : `${address.toString()} is not a public address, and OUTBOUND_ALLOW does not contain it`;
  }

  return { unlimited: privateNetworks, refusalOf: (address) => (privateNetworks ? undefined : refusalOf(address)) };
}

/** The host of a URL as name or IP address, without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replaceAll(/^\[|\]$/g, '');
}

/**
 * Why a name may not be called, from all its addresses.
 * @returns undefined if one of the addresses is allowed
 */
export function refusalOfName(rule: OutboundRule, name: string, addresses: readonly string[]): string | undefined {
  const refusals = addresses.map((address) => rule.refusalOf(address));
  return refusals.includes(undefined) ? undefined : `${name} resolves to ${refusals.join('; ') || 'no address'}`;
}

export interface OutboundAddressService {
  /**
   * Warnings about the addresses of a client to which this server would not send requests. The registration is valid in
   * any case: a name may get another address later.
   */
  warningsOf(client: Pick<ClientDocument, 'backchannelLogoutUri'>): Promise<readonly string[]>;
}

/** Milliseconds. A slow name server must not delay a registration. */
const maxResolution = 2000;

async function resolve(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/** @param deps.resolve returns all addresses of a name, or rejects; by default that of the operating system */
export function createOutboundAddressService(deps: {
  readonly rule: OutboundRule;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}): OutboundAddressService {
  const { rule } = deps;

  /** @returns undefined if the name did not resolve in time */
  async function addressesOf(name: string): Promise<readonly string[] | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), maxResolution);
    });
    const resolved = (deps.resolve ?? resolve)(name).catch(() => undefined);
    try {
      return await Promise.race([resolved, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function refusalOfHost(host: string): Promise<string | undefined> {
    if (isIP(host) !== 0) {
      return rule.refusalOf(host);
    }
    const addresses = await addressesOf(host);
    return addresses === undefined ? `the name ${host} does not resolve here` : refusalOfName(rule, host, addresses);
  }

  return {
    warningsOf: async ({ backchannelLogoutUri: uri }) => {
      if (uri === undefined || rule.unlimited) {
        return [];
      }
      const refusal = await refusalOfHost(hostOf(new URL(uri)));
      return refusal === undefined
        ? []
        : [`Logout notices cannot reach ${uri}: ${refusal}. They are not delivered until that changes.`];
    },
  };
}
