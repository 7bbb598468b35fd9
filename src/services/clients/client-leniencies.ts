/**
 * What an operator may allow a client beyond the rules for all. Each leniency is off by default, is recorded in the
 * audit log, and is named by `client show` and `config check`.
 */
import type { ClientDocument, PkcePolicy } from '../../storage/collections.ts';

/** When this client must send a PKCE challenge. Public clients always must (OAuth 2.1 §7.5.1). */
export function pkcePolicyOf(client: Pick<ClientDocument, 'type' | 'pkce'>): PkcePolicy {
  return client.type === 'web' ? (client.pkce ?? 'or-nonce') : 'required';
}

/** A leniency of one client. */
export interface Leniency {
  /** As the audit log records it. */
  readonly name: string;
  /** What it means, for the operator. */
  readonly meaning: string;
}

/** The leniencies of a client: none by default. */
export function lenienciesOf(client: ClientDocument): readonly Leniency[] {
  const localhost = [...client.redirectUris, ...client.postLogoutRedirectUris].find(
    (uri) => client.type === 'native' && uri.startsWith('http:') && new URL(uri).hostname === 'localhost',
  );
  return [
    ...(pkcePolicyOf(client) === 'optional'
      ? [{ name: 'pkce-optional', meaning: 'It may sign users in without PKCE and without a nonce.' }]
      : []),
    ...(client.development === true
      ? [
          {
            name: 'development',
            meaning: 'It may return users to a loopback address by plain http: it is for a developer.',
          },
        ]
      : []),
    ...(client.allowPrivateScheme === true
      ? [
          {
            name: 'private-scheme',
            meaning:
              'It may return users to a private scheme without a dot, which any app on a device can claim (RFC 8252 §7.1).',
          },
        ]
      : []),
    ...(client.assertionAudience === 'token-endpoint'
      ? [
          {
            name: 'assertion-audience',
            meaning: 'Its assertions may name the token endpoint as audience, not the issuer alone.',
          },
        ]
      : []),
    ...(client.challengeEndpoint === true
      ? [
          {
            name: 'challenge-endpoint',
            meaning: 'It asks for passwords itself, and signs users in without a browser.',
          },
        ]
      : []),
    ...(localhost === undefined
      ? []
      : [
          {
            name: 'localhost',
            meaning: `It returns users to ${localhost}: prefer http://127.0.0.1, since other software may answer for the name localhost (RFC 8252 §8.3).`,
          },
        ]),
  ];
}
