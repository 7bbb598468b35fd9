/**
 * A preset: what a library or a product needs of a client, and how it is configured itself. It is data: one file in
 * `config/presets`, written from the product's own documentation. This folder reads presets and fills them in; it
 * registers nothing.
 */
import { z } from 'zod';
import { placeholders, unknownPlaceholders } from './placeholders.ts';

const text = z.string().trim().min(1);
const word = z.string().regex(/^\S+$/);
/** Below the address of the app, which has no slash at its end. */
const path = z.string().regex(/^(?:\/[\w.~/-]*(?:\?[\w=&-]+)?)?$/, 'Expected a path such as /callback.');
const scope = z.string().regex(/^[\w:.-]+$/);

const template = z
  .string()
  .min(1)
  .transform((value) => value.trimEnd())
  .superRefine((value, context) => {
    for (const name of unknownPlaceholders(value)) {
      context.addIssue({
        code: 'custom',
        message: `There is no placeholder "${name}". Expected one of ${Object.keys(placeholders).join(', ')}.`,
      });
    }
  });

/** The options of `client create` whose value only the operator knows. Each has an example. */
const needs = z
  .strictObject({
    name: word,
    url: z.url(),
    'redirect-uri': word,
    api: word,
  })
  .partial();

const client = z.strictObject({
  /** What users see on the consent page; by default the title, or of a library the host of the app. */
  name: text.optional(),
  type: z.enum(['web', 'browser', 'native', 'machine']),
  /** Below the address of the app. */
  redirectPaths: z.array(path).default([]),
  /** Absolute, for an app on the device of its user. */
  redirectUris: z.array(text).default([]),
  postLogoutPaths: z.array(path).default([]),
  backchannelLogoutPath: path.optional(),
  authMethod: z.enum(['client_secret_basic', 'client_secret_post', 'none']),
  /** Whether it sends a PKCE challenge (RFC 7636) when it is configured as `print` says; absent for a machine. */
  pkce: z.enum(['required', 'or-nonce', 'optional']).optional(),
  /** RS256 for what can verify no other algorithm, or not without further settings. */
  idTokenAlg: z.enum(['ES256', 'RS256']).default('ES256'),
  scopes: z.array(scope).default([]),
});

const section = z.strictObject({
  /** Where the text belongs, such as `In grafana.ini`. */
  where: template,
  text: template,
  /** Printed only where Gatehouse is served by plain http: on the developer's own machine. */
  when: z.literal('issuer is http').optional(),
});

const document = z.strictObject({
  title: text,
  kind: z.enum(['library', 'software']),
  needs: needs.default({}),
  client,
  /** Whether a sign-in was tried as `print` says: by a test in `test/clients`, once by hand, or not at all. */
  tested: z.enum(['in our tests', 'by hand', 'documentation']),
  /** The version that was tried, or that the documentation describes. */
  version: text,
  /** The page of the documentation that the preset was written from. */
  source: z.url({ protocol: /^https$/ }),
  print: z.array(section).min(1),
  /** What the operator must know besides, one paragraph each. */
  notes: z.array(template).default([]),
});

type PresetDocument = z.output<typeof document>;

export interface Preset extends PresetDocument {
  /** The name of its file, without `.yaml`. */
  readonly name: string;
}

/** What is wrong with a preset although each of its fields is right. */
function contradictions(preset: PresetDocument): readonly string[] {
  const { needs: asked, client: registered, print, notes } = preset;
  const all = [...print.flatMap((one) => [one.where, one.text]), ...notes].join('\n');
  const uses = (name: string): boolean => all.includes(`\${${name}}`);
  const hasPaths =
    registered.redirectPaths.length + registered.postLogoutPaths.length > 0 ||
    registered.backchannelLogoutPath !== undefined;
  const isPublic = registered.authMethod === 'none';
  return [
    hasPaths && asked.url === undefined ? 'paths are below the address of the app: "needs" has no "url"' : '',
    uses('api') && asked.api === undefined ? '"print" uses the API: "needs" has no "api"' : '',
    uses('secret') === isPublic ? 'the secret is printed exactly if the client has one' : '',
    uses('clientId') ? '' : '"print" does not use the client id',
    isPublic && registered.pkce !== 'required' ? 'a public client needs PKCE (RFC 9700 §2.1.1)' : '',
    (registered.pkce === undefined) === (registered.type === 'machine')
      ? ''
      : '"pkce" is for clients that sign users in',
  ].filter((message) => message !== '');
}

/** The content of a file of `config/presets`. */
export const presetSchema = document.superRefine((preset, context) => {
  for (const message of contradictions(preset)) {
    context.addIssue({ code: 'custom', message });
  }
});
