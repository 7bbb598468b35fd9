/** What a preset prints: the configuration of the other side, ready to paste. */
import { fill, type Filling } from './placeholders.ts';
import type { Preset } from './preset.ts';

/** What is read of a registered client. */
interface RegisteredClient {
  readonly _id: string;
  readonly authMethod: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly apis: readonly string[];
  readonly idTokenAlg: string;
}

export interface Configuration {
  readonly preset: string;
  /** Text to paste, and where it belongs. */
  readonly sections: readonly { readonly where: string; readonly text: string }[];
  readonly notes: readonly string[];
}

/** Stands where the secret would be: it is shown only when it is created. */
const keptSecret = 'THE-SECRET-YOU-KEPT';

/** Text that no shell, programming language or configuration file reads as its own. */
const plainText = /^[\w.~:/?=%+,@[\]-]*$/;

/** Warns about what the operator registered by the words of others, and now pastes. */
function warningsOf(sections: Configuration['sections'], values: readonly string[]): readonly string[] {
  return [...new Set(values)]
    .filter((value) => !plainText.test(value) && sections.some(({ text }) => text.includes(value)))
    .map(
      (value) =>
        `Before you paste it: ${value} has a character that a shell or a configuration file may read as its own.`,
    );
}

function secretOf({ _id, authMethod }: RegisteredClient, secret: string | undefined): string {
  const hasSecret = authMethod === 'client_secret_basic' || authMethod === 'client_secret_post';
  return secret ?? (hasSecret ? keptSecret : `NO-SECRET-${_id}-USES-${authMethod}`);
}

/**
 * @param target.url the address of the app, without a slash at its end
 * @param target.secret directly after its creation; it cannot be shown later
 */
export function configurationOf(
  preset: Preset,
  target: {
    readonly issuer: string;
    readonly client: RegisteredClient;
    readonly url: string;
    readonly secret?: string;
  },
): Configuration {
  const { issuer, client, url } = target;
  const filling: Filling = {
    issuer,
    clientId: client._id,
    secret: secretOf(client, target.secret),
    url,
    redirectUri: client.redirectUris[0] ?? '',
    postLogoutRedirectUri: client.postLogoutRedirectUris[0] ?? '',
    api: client.apis[0] ?? preset.needs.api ?? '',
    idTokenAlg: client.idTokenAlg,
    scopes: preset.client.scopes,
  };
  const usesKeptSecret = filling.secret === keptSecret;
  const sections = preset.print
    .filter(({ when }) => when === undefined || issuer.startsWith('http:'))
    .map(({ where, text }) => ({ where: fill(where, filling), text: fill(text, filling) }));
  return {
    preset: preset.name,
    sections,
    notes: [
      ...warningsOf(sections, [url, filling.redirectUri, filling.postLogoutRedirectUri, filling.api]),
      ...(usesKeptSecret
        ? [
            `A secret is shown only when it is created: put the one that you kept for ${keptSecret}. For another one: gatehouse client rotate-secret ${client._id}`,
          ]
        : []),
      ...preset.notes.map((note) => fill(note, filling)),
    ],
  };
}
