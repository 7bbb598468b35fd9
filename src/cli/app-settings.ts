/** What `client create` prints for the developer of an app that has no preset. */
import { pkcePolicyOf } from '../services/clients/client-leniencies.ts';
import type { ApiService } from '../services/clients/apis.ts';
import { list, type Result } from './output.ts';
import type { Client } from './text/client.ts';

/** What the app authenticates with. */
function credentialsOf({ authMethod }: Client): string {
  return authMethod === 'none'
    ? 'the client id'
    : authMethod === 'private_key_jwt'
      ? 'the client id and its private key'
      : 'client id and secret';
}

/** Adds the settings of the app to what a command prints of its client. */
export async function withAppSettings(
  { text, json }: Result,
  target: {
    readonly issuer: string;
    readonly client: Client;
    readonly apis: readonly Awaited<ReturnType<ApiService['get']>>[];
  },
): Promise<Result> {
  const { appSettings, describeAppSettings } = await import('../presets/app-settings.ts');
  const { issuer, client } = target;
  const source = {
    issuer,
    client,
    pkce: pkcePolicyOf(client),
    apis: target.apis.map(({ _id, scopes }) => ({ identifier: _id, scopes: scopes.map(({ value }) => value) })),
  };
  const { scope, discovery, tokenEndpoint } = appSettings(source);
  const heading = `For the developer of the app, besides ${credentialsOf(client)}:`;
  return {
    text: [text, '', heading, '', list(describeAppSettings(source))].join('\n'),
    json: { ...(json as object), issuer, discovery, token_endpoint: tokenEndpoint, scope },
  };
}
