/** Protected-resource metadata (RFC 9728): how a client learns where to get a token for this API. */
import { parseAddress } from './options.ts';
import { proofAlgorithms } from './proof.ts';

export interface ResourceMetadata {
  /** The address of the document; undefined if the API's identifier is no address, so that the document has none. */
  readonly url: string | undefined;
  /** Whether a request for this path and query is one for the document. */
  isAt(target: string): boolean;
  /** Adds scopes that a route needs. */
  addScopes(scopes: readonly string[]): void;
  document(): Record<string, unknown>;
}

const wellKnown = '/.well-known/oauth-protected-resource';

/**
 * The path of the identifier is appended to the well-known path (RFC 9728 §3.1); a slash is left out only where it is
 * the whole path. The document is also at the well-known path alone, for an API on another address than its identifier,
 * as in development.
 */
export function createResourceMetadata(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}): ResourceMetadata {
  const { issuer, audience, metadata } = options;
  const address = parseAddress(audience);
  const path = wellKnown + (address === undefined || address.pathname === '/' ? '' : address.pathname);
  const scopes = new Set<string>();
  return {
    url: address === undefined ? undefined : `${address.origin}${path}${address.search}`,
    isAt: (target) =>
      address !== undefined && [path, path.replace(/\/$/, ''), wellKnown].includes(target.split('?', 1)[0] ?? ''),
    addScopes: (more) => {
      for (const scope of more) {
        scopes.add(scope);
      }
    },
    document: () => ({
      ...metadata,
      resource: audience,
      authorization_servers: [issuer],
      // RFC 9728 §3.2: what has no values is left out.
      ...(scopes.size === 0 ? {} : { scopes_supported: [...scopes].sort() }),
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: proofAlgorithms,
    }),
  };
}
