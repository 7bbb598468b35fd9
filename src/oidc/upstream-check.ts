/** Checks another identity provider as the server would use it, and says what is wrong, for an operator. */
import type { ServerMetadata } from 'openid-client';
import type { UpstreamDocument } from '../storage/collections.ts';
import type { UpstreamClient } from './upstream-client.ts';
import { UpstreamUnavailableError } from './upstream-configurations.ts';

export interface UpstreamReport {
  /** What was found, by its name in the metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Nobody can sign in until these are corrected. */
  readonly problems: readonly string[];
  /** It works, but not everything does. */
  readonly warnings: readonly string[];
}

export type CheckUpstream = (upstream: UpstreamDocument) => Promise<UpstreamReport>;

const shown = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'end_session_endpoint',
  'jwks_uri',
] as const;

/** What a token endpoint answers when client and secret are right and the code is not. */
const codeErrors = ['invalid_grant', 'bad_verification_code', 'invalid_request', 'accepted'];
/** What it answers when they are wrong. */
const clientErrors = ['invalid_client', 'incorrect_client_credentials', 'unauthorized_client'];

function lacks(supported: readonly string[] | undefined, value: string): boolean {
  return supported !== undefined && !supported.includes(value);
}

function problemsOf({ authMethod }: UpstreamDocument, metadata: ServerMetadata): readonly string[] {
  const method = authMethod === 'apple' ? 'client_secret_post' : authMethod;
  return [
    ...(metadata.token_endpoint === undefined ? ['It has no token_endpoint.'] : []),
    ...(lacks(metadata.response_types_supported, 'code')
      ? ['It does not support the response type code (response_types_supported).']
      : []),
    ...(lacks(metadata.token_endpoint_auth_methods_supported, method)
      ? [
          `It does not support ${method}, only ${metadata.token_endpoint_auth_methods_supported?.join(', ') ?? ''}: change --auth-method.`,
        ]
      : []),
  ];
}

function warningsOf(upstream: UpstreamDocument, metadata: ServerMetadata): readonly string[] {
  const unknownScopes = upstream.scopes.filter((scope) => lacks(metadata.scopes_supported, scope));
  return [
    ...(lacks(metadata.code_challenge_methods_supported ?? [], 'S256')
      ? ['It does not announce PKCE with S256 (code_challenge_methods_supported). It is used anyway.']
      : []),
    ...(metadata.authorization_response_iss_parameter_supported === true
      ? []
      : [
          'It does not announce the parameter iss (RFC 9207). This server has a redirect URI of its own for it instead.',
        ]),
    ...(unknownScopes.length > 0 ? [`It does not announce the scopes ${unknownScopes.join(', ')}.`] : []),
    ...(upstream.signOut === true && metadata.end_session_endpoint === undefined
      ? ['It has no end_session_endpoint: --sign-out has no effect.']
      : []),
  ];
}

export function createUpstreamCheck(client: UpstreamClient): CheckUpstream {
  async function discover(upstream: UpstreamDocument): Promise<ServerMetadata | string> {
    try {
      return await client.discover(upstream);
    } catch (error) {
      if (error instanceof UpstreamUnavailableError) {
        return `Its metadata cannot be read: ${error.message}`;
      }
      throw error;
    }
  }

  /** Presents a code that does not exist: the answer shows whether client and secret are right. */
  async function problemOfCredentials(upstream: UpstreamDocument): Promise<string | undefined> {
    try {
      const answer = await client.tryCredentials(upstream);
      return clientErrors.includes(answer)
        ? `Its token endpoint rejects the client id or the secret (${answer}).`
        : codeErrors.includes(answer)
          ? undefined
          : `Its token endpoint answers ${answer} to a request with a wrong code; expected invalid_grant.`;
    } catch (error) {
      if (error instanceof UpstreamUnavailableError) {
        return `Its token endpoint does not answer as expected: ${error.message}`;
      }
      throw error;
    }
  }

  return async (upstream) => {
    const metadata = await discover(upstream);
    if (typeof metadata === 'string') {
      return { metadata: {}, problems: [metadata], warnings: [] };
    }
    const wrongCredentials = await problemOfCredentials(upstream);
    return {
      metadata: Object.fromEntries(
        shown.flatMap((name) => (typeof metadata[name] === 'string' ? [[name, metadata[name]]] : [])),
      ),
      problems: [...problemsOf(upstream, metadata), ...(wrongCredentials === undefined ? [] : [wrongCredentials])],
      warnings: upstream.protocol === 'oidc' ? warningsOf(upstream, metadata) : [],
    };
  };
}
