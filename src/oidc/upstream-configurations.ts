/**
 * The library's configuration for each other identity provider: its metadata, found by discovery (OpenID Connect
 * Discovery §4), and how this server authenticates there. It is kept in memory, and used for a day while the provider
 * does not answer. Requests follow the outbound rule (outbound-calls.ts), and answers are limited in size and time.
 */
import * as client from 'openid-client';
import { LRUCache } from 'lru-cache';
import { epochSeconds, type Clock } from '../clock.ts';
import type { UpstreamDocument } from '../storage/collections.ts';
import { waitForOthers } from '../storage/request-scope.ts';
import { appleClientSecret } from './apple-client-secret.ts';

/** The provider cannot be reached, or its metadata cannot be used. The message has the reason, for the operator. */
export class UpstreamUnavailableError extends Error {}

/** The request was not sent, or not answered. */
class OutboundError extends Error {}

export interface UpstreamConfigurations {
  /** @throws UpstreamUnavailableError */
  find(upstream: UpstreamDocument): Promise<client.Configuration>;
  /** The same, fetched now. @throws UpstreamUnavailableError */
  fetch(upstream: UpstreamDocument): Promise<client.Configuration>;
}

/** Seconds for which metadata is used. */
const freshness = 3600;
/** Seconds for which it is used while the provider does not answer. */
const maxAgeInOutage = 24 * 3600;
/** Seconds for one request. */
const timeout = 4;
const maxBytes = 256 * 1024;
const maxProviders = 100;

interface Kept {
  readonly configuration: client.Configuration;
  /** Seconds since the epoch. */
  readonly fetchedAt: number;
}

type Fetch = (url: string, options: RequestInit) => Promise<Response>;

async function readLimited({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new Error(`the answer has more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The reason of a failed request, for the operator. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const code = error instanceof client.ResponseBodyError ? ` (${error.error})` : '';
  return `${error.message}${code}${cause}`.slice(0, 500);
}

/** Whether the provider did not answer, or not with what OAuth expects of a server that works. */
export function isOutage(error: unknown): boolean {
  if (error instanceof client.ResponseBodyError) {
    return error.status >= 500;
  }
  const status = error instanceof client.ClientError && error.cause instanceof Response ? error.cause.status : 0;
  return (
    error instanceof OutboundError ||
    (error instanceof client.ClientError && (error.code === 'OAUTH_TIMEOUT' || error.cause instanceof OutboundError)) ||
    status >= 500
  );
}

/**
 * @param deps.fetch follows the outbound rule and no redirects
 * @param deps.isAllowed whether requests may be sent to this address: https, and in development http on loopback
 */
export function createUpstreamConfigurations(deps: {
  readonly fetch: Fetch;
  readonly isAllowed: (uri: string) => boolean;
  readonly secretOf: (upstream: UpstreamDocument) => string | undefined;
  readonly clock: Clock;
}): UpstreamConfigurations {
  const { isAllowed, secretOf, clock } = deps;
  const kept = new LRUCache<string, Kept>({ max: maxProviders });
  /** One discovery of each provider at a time; bounded by their number. */
  const running = new Map<string, Promise<Kept>>();

  async function limitedFetch(url: string, options: client.CustomFetchOptions): Promise<Response> {
    if (!isAllowed(url)) {
      throw new OutboundError(`${url.slice(0, 200)} must use https`);
    }
    try {
      // The library's type of a signal is wider than that of Node.
      const { status, headers, bytes } = await waitForOthers(async () => {
        const response = await deps.fetch(url, options as RequestInit);
        return { status: response.status, headers: response.headers, bytes: await readLimited(response) };
      });
      return new Response(status === 204 ? null : Uint8Array.from(bytes), { status, headers });
    } catch (error) {
      throw new OutboundError(`${new URL(url).origin}: ${reasonOf(error)}`, { cause: error });
    }
  }

  function authenticationOf(upstream: UpstreamDocument): client.ClientAuth {
    const secret = secretOf(upstream);
    switch (upstream.authMethod) {
      case 'none':
        return client.None();
      case 'client_secret_post':
        return client.ClientSecretPost(secret);
      case 'client_secret_basic':
        return client.ClientSecretBasic(secret);
      default:
        // A new one for each request: it lives for minutes.
        return (as, metadata, body, headers) =>
          client.ClientSecretPost(appleClientSecret(upstream, secret ?? '', clock))(as, metadata, body, headers);
    }
  }

  const options = {
    [client.customFetch]: limitedFetch,
    // What is allowed is checked for each address, in development also plain http on loopback.
    execute: [client.allowInsecureRequests],
    timeout,
  };

  async function configure(upstream: UpstreamDocument): Promise<client.Configuration> {
    const { clientId, authorizationEndpoint, tokenEndpoint, userinfoEndpoint } = upstream;
    if (upstream.issuer === undefined) {
      const configuration = new client.Configuration(
        {
          issuer: tokenEndpoint ?? '',
          authorization_endpoint: authorizationEndpoint ?? '',
          token_endpoint: tokenEndpoint ?? '',
          userinfo_endpoint: userinfoEndpoint ?? '',
        },
        clientId,
        undefined,
        authenticationOf(upstream),
      );
      configuration[client.customFetch] = limitedFetch;
      configuration.timeout = timeout;
      client.allowInsecureRequests(configuration);
      return configuration;
    }
    const configuration = await client.discovery(
      new URL(upstream.issuer),
      clientId,
      undefined,
      authenticationOf(upstream),
      options,
    );
    client.enableNonRepudiationChecks(configuration);
    const { authorization_endpoint: address } = configuration.serverMetadata();
    if (address === undefined || !isAllowed(address)) {
      throw new Error(`its authorization_endpoint must use https: ${String(address).slice(0, 200)}`);
    }
    return configuration;
  }

  async function discoverNow(upstream: UpstreamDocument): Promise<Kept> {
    try {
      return { configuration: await configure(upstream), fetchedAt: epochSeconds(clock) };
    } catch (error) {
      throw new UpstreamUnavailableError(reasonOf(error), { cause: error });
    }
  }

  async function find(upstream: UpstreamDocument): Promise<client.Configuration> {
    const key = `${upstream._id} ${upstream.revision}`;
    const known = kept.get(key);
    const age = epochSeconds(clock) - (known?.fetchedAt ?? 0);
    // What comes from the future was fetched before the clock was set back: nobody knows how old it is.
    if (known !== undefined && age >= 0 && age < freshness) {
      return known.configuration;
    }
    let fetching = running.get(key);
    if (fetching === undefined) {
      fetching = discoverNow(upstream).finally(() => running.delete(key));
      running.set(key, fetching);
    }
    try {
      const found = await fetching;
      kept.set(key, found);
      return found.configuration;
    } catch (error) {
      if (known !== undefined && age < maxAgeInOutage) {
        return known.configuration;
      }
      throw error;
    }
  }

  return { find, fetch: async (upstream) => (await discoverNow(upstream)).configuration };
}
