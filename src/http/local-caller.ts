/** The one decision who is at this machine: what is only for its operator or developer is shown to nobody else. */
import type { IncomingMessage } from 'node:http';

const loopbackAddress = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i;
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Headers that proxies and tunnels add: the standard ones, then those of well-known products. */
const forwarding =
  /^(?:forwarded|via|x-forwarded|x-forwarded-.+|x-original-.+|x-real-ip|x-client-ip|x-cluster-client-ip|client-ip|true-client-ip|cdn-loop|cf-.+|fastly-client-ip|fly-client-ip|x-envoy-.+|x-appengine-.+|tailscale-.+)$/;

/**
 * Whether a request comes from a program on this machine, directly: the connection comes from a loopback address, the
 * request was not forwarded, and it names a loopback host. Behind a proxy or tunnel on this machine every connection
 * comes from loopback, so a forwarded request is not local. A page elsewhere whose DNS name was pointed at loopback
 * (DNS rebinding), or a proxy that adds no header, still names its own host.
 *
 * What is *not* recognised: a proxy that adds no header and replaces the host by a loopback one. Ask before headers are
 * rewritten (see identify.ts).
 */
export function isLocalCaller({ socket, headers }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  return (
    loopbackAddress.test(socket.remoteAddress ?? '') &&
    loopbackHost.test(headers.host ?? '') &&
    !Object.keys(headers).some((name) => forwarding.test(name))
  );
}
