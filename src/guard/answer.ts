/** The answer to a refused request: status, `WWW-Authenticate` (RFC 6750 §3, RFC 9449 §7.1), and the same as JSON. */
import type { GuardError } from './errors.ts';
import { proofAlgorithms } from './proof.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Seconds. */
const retryAfter = 2;

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** A quoted string (RFC 9110 §5.6.4). */
function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function challengeOf(error: GuardError, realm: string | undefined, metadataUrl: string | undefined): string {
  const parameters = {
    realm,
    error: error.code,
    error_description: error.code === undefined ? undefined : error.message,
    scope: error.scopes.length === 0 ? undefined : error.scopes.join(' '),
    algs: error.scheme === 'DPoP' ? proofAlgorithms.join(' ') : undefined,
    // RFC 9728 §5.1.
    resource_metadata: metadataUrl,
  };
  const present = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quote(value)}`],
  );
  return present.length === 0 ? error.scheme : `${error.scheme} ${present.join(', ')}`;
}

/**
 * @param realm the name of the API, if it has one
 * @param metadataUrl the address of its protected-resource metadata, if it has one
 */
export function toAnswer(error: GuardError, realm: string | undefined, metadataUrl: string | undefined): Answer {
  return {
    status: error.status,
    headers: {
      ...headers,
      ...(error.status === 503
        ? { 'retry-after': String(retryAfter) }
        : { 'www-authenticate': challengeOf(error, realm, metadataUrl) }),
    },
    body: JSON.stringify({ error: error.code ?? 'unauthorized', error_description: error.message }),
  };
}

/** A document that anybody may read. */
export function jsonAnswer(document: object): Answer {
  return {
    status: 200,
    headers: { ...headers, 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
    body: JSON.stringify(document),
  };
}
