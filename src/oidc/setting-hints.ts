/**
 * Names the setting that fixes an app's mistake: that of the client library that the request seems to come from, or the
 * command that changes the registration. A guess, for developers: nothing is decided by it.
 */
import type { KoaContextWithOIDC, errors } from 'oidc-provider';
import { clientLibraries, type ClientLibrary, type Mistake, type Sign } from './client-libraries.ts';

export interface SettingHint {
  /** The library that was recognized. */
  readonly library?: string;
  /** One or two sentences; see `client-libraries.ts` for their characters. */
  readonly text: string;
  /** Presets of the library, which print its whole configuration. */
  readonly presets: readonly string[];
}

/** The parts of a request that signs are compared with. */
export interface RequestTraits {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly userAgent: string;
}

/** @returns undefined if no setting of a library decides, for example for a code that was used before */
export function mistakeOf(error: Error | errors.OIDCProviderError): Mistake | undefined {
  const description = 'error_description' in error ? (error.error_description ?? '') : '';
  switch (error.message) {
    case 'invalid_redirect_uri':
      return 'redirect-uri';
    case 'unsupported_response_type':
      return 'response-type';
    case 'invalid_scope':
    case 'invalid_target':
      return 'scope';
    case 'invalid_request':
      return description.startsWith('code_challenge is missing') ? 'pkce' : undefined;
    default:
      return undefined;
  }
}

function matches({ redirectPath, parameters = {}, userAgent }: Sign, traits: RequestTraits): boolean {
  const redirectUri = traits.parameters['redirect_uri'];
  const path = typeof redirectUri === 'string' ? URL.parse(redirectUri)?.pathname : undefined;
  return (
    (redirectPath === undefined || (path !== undefined && redirectPath.test(path))) &&
    (userAgent === undefined || userAgent.test(traits.userAgent)) &&
    Object.entries(parameters).every(([name, pattern]) => {
      const value = traits.parameters[name];
      return typeof value === 'string' && pattern.test(value);
    })
  );
}

function settingOf({ settings }: ClientLibrary, mistake: Mistake, error: Error): string | undefined {
  const mayHaveNonce = 'error_description' in error && String(error.error_description).includes('nonce');
  const parts = [settings[mistake], mistake === 'pkce' && mayHaveNonce ? settings.nonce : undefined];
  const text = parts.filter((part) => part !== undefined).join(' ');
  return text === '' ? undefined : text;
}

/** The library that a request seems to come from. */
export function recognizeLibrary(traits: RequestTraits): ClientLibrary | undefined {
  return clientLibraries.find(({ signs }) => signs.some((sign) => matches(sign, traits)));
}

/** All parameters as they were sent, those too that the engine does not know, and those of a pushed request. */
function traitsOf(ctx: KoaContextWithOIDC): RequestTraits {
  return {
    parameters: { ...ctx.query, ...ctx.oidc.body, ...ctx.oidc.params },
    userAgent: ctx.get('User-Agent'),
  };
}

function sentAuthMethod(ctx: KoaContextWithOIDC): string {
  const body = ctx.oidc.body ?? {};
  return ctx.get('Authorization') !== ''
    ? 'client_secret_basic'
    : body['client_secret'] !== undefined
      ? 'client_secret_post'
      : body['client_assertion'] !== undefined
        ? 'private_key_jwt'
        : 'none';
}

/**
 * What an app that authenticates by another method than the registered one must change. A secret may be sent in the
 * header or in the body, so what is wrong is that there is none, or one where none is registered. Many libraries name
 * the token endpoint as the audience of an assertion, and some write a list.
 */
function authenticationHint(ctx: KoaContextWithOIDC, error: Error | errors.OIDCProviderError): string | undefined {
  const { client } = ctx.oidc;
  const detail = 'error_detail' in error ? (error.error_detail ?? '') : '';
  if (client !== undefined && detail.startsWith("the assertion's aud")) {
    return `The assertion must have the issuer as its audience, as a string. For an app that names the token endpoint: npx gatehouse client update ${client.clientId} --assertion-audience token-endpoint`;
  }
  if (client === undefined || !detail.includes('does not match the registered client authentication method')) {
    return undefined;
  }
  const [registered, sent] = [client.clientAuthMethod, sentAuthMethod(ctx)];
  if (registered === 'none') {
    return 'This client is public: remove the secret from the app, or create a client with --type web.';
  }
  return sent === 'none' && registered !== 'private_key_jwt'
    ? `The app sent no secret: configure it there. For another secret: npx gatehouse client rotate-secret ${client.clientId}`
    : `The app used ${sent}, and ${registered} is registered. To see the client: npx gatehouse client show ${client.clientId}`;
}

/** @returns undefined if there is nothing to say: another kind of error, or a library that was not recognized */
export function settingHint(ctx: KoaContextWithOIDC, error: Error | errors.OIDCProviderError): SettingHint | undefined {
  // The settings are those of a sign-in. A machine's HTTP client says nothing about them.
  const isMachine = ctx.oidc.params?.['grant_type'] === 'client_credentials';
  const mistake = isMachine ? undefined : mistakeOf(error);
  const library = mistake === undefined ? undefined : recognizeLibrary(traitsOf(ctx));
  const setting = mistake === undefined || library === undefined ? undefined : settingOf(library, mistake, error);
  if (library !== undefined && setting !== undefined) {
    return { library: library.name, text: setting, presets: library.presets };
  }
  const text = authenticationHint(ctx, error);
  return text === undefined ? undefined : { text, presets: [] };
}
