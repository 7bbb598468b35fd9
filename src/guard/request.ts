/** What the guard reads of a request, whichever framework received it. */
export interface GuardRequest {
  readonly method: string;
  /** Path and query, as the caller sent them: `/photos?page=2`. */
  readonly target: string;
  /** The address of the caller; only needed where introspection sends it on. */
  readonly address: string | undefined;
  /** All values of a header field, one for each time that it was sent. @param name in lower case */
  values(name: string): readonly string[];
}

/** The part of `http.IncomingMessage` that the guard reads. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /**
   * Names and values in turn. `headers` would hide that `Authorization` was sent twice: Node drops all but the first.
   */
  readonly rawHeaders: readonly string[];
}

export function fromNode(
  { rawHeaders, method = 'GET', url = '/' }: NodeRequest,
  { target = url, address }: { readonly target?: string; readonly address: string | undefined },
): GuardRequest {
  return {
    method,
    target,
    address,
    values: (name) => rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name),
  };
}

/** The part of a `Request` of the Fetch standard that the guard reads. */
export interface FetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** A header field that was sent several times has one value here, joined by commas: no valid token contains one. */
export function fromFetch({ method, url, headers }: FetchRequest, address: string | undefined): GuardRequest {
  const { pathname, search } = new URL(url);
  return {
    method,
    target: pathname + search,
    address,
    values: (name) => {
      const value = headers.get(name);
      return value === null ? [] : [value];
    },
  };
}
