/**
 * Requests that this server sends to apps: logout tokens, and the documents that clients publish. The address is
 * checked when the connection is opened, and exactly the checked address is used: a name that resolves to another
 * address on the next query (DNS rebinding) changes nothing. Each request has a connection of its own, so no request
 * uses a connection that was opened for another host.
 */
import { lookup as lookupAddresses } from 'node:dns';
import { once } from 'node:events';
import { request as requestByHttp, type IncomingMessage } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { hostOf, refusalOfName, type OutboundRule } from '../services/values/outbound-addresses.ts';

export interface OutboundDependencies {
  readonly rule: OutboundRule;
  /** By default that of the operating system. */
  readonly lookup?: typeof lookupAddresses;
}

/** These have no body (Fetch Standard §2.2.3). */
const statusesWithoutBody = new Set([204, 205, 304]);

/** Resolves a name to those of its addresses that the rule allows. */
function createCheckedLookup({ rule, lookup = lookupAddresses }: OutboundDependencies): LookupFunction {
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const refusal = refusalOfName(
        rule,
        name,
        addresses.map(({ address }) => address),
      );
      const allowed = addresses.filter(({ address }) => rule.refusalOf(address) === undefined);
      const [first] = allowed;
      if (refusal !== undefined || first === undefined) {
        callback(new Error(`not sent: ${refusal ?? ''}`), []);
      } else if (options.all === true) {
        callback(null, allowed);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

/** @throws TypeError, RangeError for a response that the Fetch Standard does not allow */
function toResponse(message: IncomingMessage): Response {
  const { statusCode: status = 0, statusMessage: statusText = '' } = message;
  const headers = new Headers(
    Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  );
  if (statusesWithoutBody.has(status)) {
    message.resume();
    return new Response(null, { status, statusText, headers });
  }
  return new Response(Readable.toWeb(message) as ReadableStream, { status, statusText, headers });
}

/**
 * A `fetch` that connects only to addresses that the rule allows. It does not follow redirects, which could lead
 * anywhere.
 * @returns a function that rejects with an Error when the address is not allowed or does not answer
 */
export function createOutboundFetch(deps: OutboundDependencies) {
  const lookup = createCheckedLookup(deps);

  return async (input: string | URL | Request, options: RequestInit = {}): Promise<Response> => {
    const content = new Request(input, options);
    const target = new URL(content.url);
    const host = hostOf(target);
    // The lookup is not called for a host that is an address already.
    const refusal = isIP(host) === 0 ? undefined : deps.rule.refusalOf(host);
    if (refusal !== undefined) {
      throw new Error(`not sent: ${refusal}`);
    }
    const body = Buffer.from(await content.arrayBuffer());
    const send = target.protocol === 'https:' ? requestByHttps : requestByHttp;
    const call = send(target, {
      method: content.method,
      headers: {
        ...Object.fromEntries(content.headers),
        ...(body.length === 0 ? {} : { 'content-length': body.length }),
      },
      agent: false,
      lookup,
      signal: options.signal ?? content.signal,
    });
    // An error after the response is an error of the response's body.
    call.on('error', () => {});
    call.end(body);
    const [message] = (await once(call, 'response')) as [IncomingMessage];
    return toResponse(message);
  };
}
