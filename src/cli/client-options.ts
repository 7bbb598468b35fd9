/** The options for a client's fields, and how they are read. */
import type { ClientChange, NewClient } from '../services/clients.ts';
import type { CommandOption, Invocation } from './command.ts';
import { replacementList } from './option-values.ts';

/** The options for creating and changing a client. */
export const clientOptions: readonly CommandOption[] = [
  {
    flags: '--redirect-uri <uri>',
    description: 'Where users return after signing in; compared exactly',
    repeatable: true,
  },
  {
    flags: '--post-logout-redirect-uri <uri>',
    description: 'Where users may return after signing out',
    repeatable: true,
  },
  { flags: '--backchannel-logout-uri <uri>', description: 'Where logout tokens are sent' },
  { flags: '--api <identifier>', description: 'An API: the client may request every scope of it', repeatable: true },
  {
    flags: '--auth-method <method>',
    description: 'client_secret_basic (the default of web and machine), client_secret_post or private_key_jwt',
  },
  { flags: '--jwks <file>', description: "The client's public keys, a JWK Set (RFC 7517 §5)" },
  {
    flags: '--allowed-origin <origin>',
    description: 'An origin of a browser app, in addition to those of the redirect URIs',
    repeatable: true,
  },
  { flags: '--first-party', description: 'The app is your own: users are not asked for consent' },
  { flags: '--logo <file>', description: 'A PNG, JPEG or WebP picture of at most 64 KiB' },
  { flags: '--color <color>', description: 'Its colour, such as #2f6f4f' },
  { flags: '--client-uri <uri>', description: 'Its web site; the consent page links to it and to the next two' },
  { flags: '--policy-uri <uri>', description: 'Its privacy policy' },
  { flags: '--tos-uri <uri>', description: 'Its terms of service' },
  {
    flags: '--initiate-login-uri <uri>',
    description: 'Where it begins a sign-in; pages that cannot go on lead there (OpenID Connect Core §4)',
  },
  {
    flags: '--id-token-alg <alg>',
    description: 'The algorithm of its ID tokens: ES256 by default',
    choices: ['ES256', 'RS256'],
  },
];

/** The fields of the given options. */
export async function readClientFields({
  options,
  readFile,
}: Invocation): Promise<Partial<Omit<NewClient, 'id' | 'type'>>> {
  const [
    name,
    backchannelLogoutUri,
    authMethod,
    jwksFile,
    logoFile,
    color,
    clientUri,
    policyUri,
    tosUri,
    initiateLoginUri,
    idTokenAlg,
  ] = [
    'name',
    'backchannel-logout-uri',
    'auth-method',
    'jwks',
    'logo',
    'color',
    'client-uri',
    'policy-uri',
    'tos-uri',
    'initiate-login-uri',
    'id-token-alg',
  ].map(options.text);
  const [redirectUris, postLogoutRedirectUris, apis, allowedOrigins] = [
    'redirect-uri',
    'post-logout-redirect-uri',
    'api',
    'allowed-origin',
  ].map((option) => replacementList(options.list(option)));
  return {
    ...(name === undefined ? {} : { name }),
    ...(redirectUris === undefined ? {} : { redirectUris }),
    ...(postLogoutRedirectUris === undefined ? {} : { postLogoutRedirectUris }),
    ...(backchannelLogoutUri === undefined ? {} : { backchannelLogoutUri }),
    ...(apis === undefined ? {} : { apis }),
    ...(authMethod === undefined ? {} : { authMethod }),
    ...(jwksFile === undefined ? {} : { jwks: (await readFile(jwksFile, 'jwks')).toString('utf8') }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
    ...(options.flag('first-party') ? { firstParty: true } : {}),
    ...(logoFile === undefined ? {} : { logo: await readFile(logoFile, 'logo') }),
    ...(color === undefined ? {} : { color }),
    ...(clientUri === undefined ? {} : { clientUri }),
    ...(policyUri === undefined ? {} : { policyUri }),
    ...(tosUri === undefined ? {} : { tosUri }),
    ...(initiateLoginUri === undefined ? {} : { initiateLoginUri }),
    ...(idTokenAlg === undefined ? {} : { idTokenAlg }),
  };
}

/** The change that the options of `client update` describe. `''` removes an optional field. */
export async function readClientChange(invocation: Invocation): Promise<ClientChange> {
  const { options } = invocation;
  const removable = {
    'backchannel-logout-uri': 'backchannelLogoutUri',
    logo: 'logo',
    color: 'color',
    'client-uri': 'clientUri',
    'policy-uri': 'policyUri',
    'tos-uri': 'tosUri',
    'initiate-login-uri': 'initiateLoginUri',
  } as const;
  const removed = Object.entries(removable)
    .filter(([option]) => options.text(option) === '')
    .map(([, field]) => field);
  const given = await readClientFields({
    ...invocation,
    options: {
      ...options,
      text: (name) => (options.text(name) === '' && name in removable ? undefined : options.text(name)),
    },
  });
  return {
    ...given,
    ...Object.fromEntries(removed.map((field) => [field, null])),
    ...(options.flag('third-party') ? { firstParty: false } : {}),
  };
}
