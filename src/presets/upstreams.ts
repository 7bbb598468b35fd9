/**
 * What is known about other identity providers: endpoints, scopes and names of claims. Each is a file in
 * `config/upstreams`, written from the provider's own documentation. What the operator decides (trust, accounts,
 * groups) is never in it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';

const address = z.url({ protocol: /^https$/ });

const schema = z.strictObject({
  title: z.string().min(1),
  protocol: z.enum(['oidc', 'oauth2']),
  issuer: address.optional(),
  /** Each installation has its own: an example. */
  needsIssuer: address.optional(),
  authorizationEndpoint: address.optional(),
  tokenEndpoint: address.optional(),
  userinfoEndpoint: address.optional(),
  emailsEndpoint: address.optional(),
  authMethod: z.enum(['client_secret_basic', 'client_secret_post', 'apple']),
  scopes: z.array(z.string()).min(1),
  icon: z.enum(['apple', 'github', 'gitlab', 'google', 'microsoft']).optional(),
  /** Where the client is registered at the provider. */
  register: address.optional(),
  /** Our claim and its name there. */
  claims: z.record(z.string(), z.string()).default({}),
  source: z.string().min(1),
  notes: z.array(z.string()).default([]),
});

export type UpstreamPreset = { readonly name: string } & z.output<typeof schema>;

const folder = new URL('../../config/upstreams/', import.meta.url);

/** The names of all presets, in alphabetical order. */
export function upstreamPresetNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .toSorted();
}

/**
 * @param name one of {@link upstreamPresetNames}
 * @throws ConfigurationError when the file is not a preset
 */
export function loadUpstreamPreset(name: string): UpstreamPreset {
  const text = readFileSync(fileURLToPath(new URL(`${name}.yaml`, folder)), 'utf8');
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) {
    throw new ConfigurationError([`config/upstreams/${name}.yaml: ${z.prettifyError(parsed.error)}`]);
  }
  return { name, ...parsed.data };
}
