/** What a preset registers: the fields of the client. */
import { InvalidInputError } from '../errors.ts';
import type { Preset } from './preset.ts';

/**
 * Checks the address of an app. Its characters are limited to those that are safe to paste into any configuration.
 * Whether plain http is allowed is not checked here but where the client is registered.
 * @returns the address without a slash at its end
 * @throws InvalidInputError
 */
export function readAppUrl(text: string, preset: Preset): string {
  const url = URL.parse(text);
  const expected = `Expected the address of ${preset.title}, such as ${preset.needs.url ?? ''}`;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidInputError(`${expected}, not "${text}".`, 'url');
  }
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    throw new InvalidInputError(`${expected}: without a query, a fragment or credentials.`, 'url');
  }
  // A URL parser accepts quotes, `$` and backticks in a host.
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/.test(url.hostname)) {
    throw new InvalidInputError(`${expected}: its host may have letters, digits and . _ - only.`, 'url');
  }
  if (!/^[\w.~/-]*$/.test(url.pathname)) {
    throw new InvalidInputError(`${expected}: its path may have letters, digits and . _ ~ - / only.`, 'url');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/**
 * The address of an app whose redirect URIs are known: one of them without the path of the preset, or else the origin
 * of the first.
 */
export function appUrlOf(preset: Preset, redirectUris: readonly string[]): string | undefined {
  for (const path of preset.client.redirectPaths) {
    const found = redirectUris.find((uri) => uri.endsWith(path));
    if (found !== undefined) {
      return found.slice(0, found.length - path.length).replace(/\/+$/, '');
    }
  }
  return redirectUris.map((uri) => URL.parse(uri)?.origin).find((origin) => origin?.startsWith('http'));
}

/**
 * @param url the address of the app, without a slash at its end; empty for an app that has none
 * @returns the fields of a new client
 */
export function registrationOf(preset: Preset, url: string) {
  const { title, kind, client } = preset;
  const { type, redirectPaths, redirectUris, postLogoutPaths, backchannelLogoutPath, authMethod, pkce, idTokenAlg } =
    client;
  const below = (paths: readonly string[]): readonly string[] => paths.map((path) => url + path);
  return {
    name: client.name ?? (kind === 'library' && url !== '' ? new URL(url).host : title),
    type,
    authMethod,
    ...(pkce === undefined ? {} : { pkce }),
    idTokenAlg,
    redirectUris: [...below(redirectPaths), ...redirectUris],
    postLogoutRedirectUris: below(postLogoutPaths),
    ...(backchannelLogoutPath === undefined ? {} : { backchannelLogoutUri: url + backchannelLogoutPath }),
  };
}
