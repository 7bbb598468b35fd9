/** A handler behind a guard, called without a server: for tests of what the guard does with a token. */
import { guard, type GuardOptions } from '../../src/guard/index.ts';
import { audience, type Issuer } from './issuer.ts';

export interface Handler {
  /** Calls the handler, which needs the scope `photos:read`. */
  call(authorization?: string, more?: RequestInit & { readonly path?: string }): Promise<Response>;
  /** The status for a token. */
  status(token: string): Promise<number>;
  /** What failed at the authorization server, and how. */
  readonly troubles: readonly (readonly [what: string, error: unknown])[];
  ready(signal?: AbortSignal): Promise<void>;
  close(): void;
}

export function handlerFor(
  { issuer }: Pick<Issuer, 'issuer'>,
  options: Partial<GuardOptions> & { readonly address?: string } = {},
): Handler {
  const troubles: [string, unknown][] = [];
  const { address } = options;
  const used = guard({
    issuer,
    audience,
    onTrouble: (what, error) => void troubles.push([what, error]),
    ...options,
  }).fetch({ address: () => address });
  const handle = used.require('photos:read')((_request, claims) => Response.json({ sub: claims.sub }));
  return {
    troubles,
    ready: (signal) => used.ready(signal),
    close: () => used.close(),
    call: (authorization, { path = '/photos', headers, ...more } = {}) =>
      handle(
        new Request(`http://localhost${path}`, {
          ...more,
          headers: {
            ...(authorization === undefined ? {} : { authorization }),
            ...(headers as Record<string, string>),
          },
        }),
      ),
    async status(token) {
      return (await this.call(`Bearer ${token}`)).status;
    },
  };
}

/** A time that the test moves, in milliseconds since the epoch. */
export function movableTime(start = Date.now()): { now: () => number; advance: (seconds: number) => void } {
  let current = start;
  return {
    now: () => current,
    advance: (seconds) => {
      current += seconds * 1000;
    },
  };
}
