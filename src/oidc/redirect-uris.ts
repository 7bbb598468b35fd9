/** Which return addresses of a request are the registered ones. */
import type { Client, Provider } from 'oidc-provider';
import { typeOf } from './client-metadata.ts';

/**
 * Return addresses are compared exactly (RFC 9700 §2.1); only a native app listens on a loopback port that it does not
 * know before (RFC 8252 §7.3). The engine decides that by `application_type`, which is `native` also for a web client
 * that has an app on a device (client-metadata.ts).
 */
export function compareRedirectUrisExactly(provider: Provider): void {
  const { prototype } = provider.Client;
  const { redirectUriAllowed, postLogoutRedirectUriAllowed } = prototype;

  prototype.redirectUriAllowed = function isRedirectUriAllowed(this: Client, uri: string): boolean {
    return typeOf(this) === 'native' ? redirectUriAllowed.call(this, uri) : this.redirectUris?.includes(uri) === true;
  };

  prototype.postLogoutRedirectUriAllowed = function isPostLogoutRedirectUriAllowed(this: Client, uri: string): boolean {
    return typeOf(this) === 'native'
      ? postLogoutRedirectUriAllowed.call(this, uri)
      : this.postLogoutRedirectUris?.includes(uri) === true;
  };
}
