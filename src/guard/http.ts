/** Requests to the authorization server. */

/** Milliseconds after which a request counts as failed. */
const timeoutMs = 5000;

/** The server answered with another status than 200. */
export class UnexpectedStatus extends Error {
  readonly status: number;

  constructor(url: URL, status: number) {
    super(`${url.origin}${url.pathname} answered ${status}`);
    this.name = 'UnexpectedStatus';
    this.status = status;
  }
}

/**
 * Fetches a JSON object. Redirects are not followed: the address is one that the issuer publishes.
 * @throws if there is no answer in time, or it is not a JSON object with status 200
 */
export async function fetchObject(
  url: URL,
  init: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new UnexpectedStatus(url, response.status);
  }
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Error(`${url.origin}${url.pathname} did not answer with a JSON object`);
  }
  return body as Record<string, unknown>;
}
