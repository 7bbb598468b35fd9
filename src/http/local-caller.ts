/** Decides whether a caller is on this machine. Pages for the operator or developer are shown to local callers only. */
import type { IncomingMessage } from 'node:http';

const loopbackAddress = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i;
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Headers that proxies and tunnels add: the standard ones, then those of well-known products. */
const forwardingHeaders =
  /^(?:forwarded|via|x-forwarded|x-forwarded-.+|x-original-.+|x-real-ip|x-client-ip|x-cluster-client-ip|client-ip|true-client-ip|cdn-loop|cf-.+|fastly-client-ip|fly-client-ip|x-envoy-.+|x-appengine-.+|tailscale-.+)$/;

/**
 * Whether a request comes directly from a program on this machine: the connection comes from a loopback address, the
 * request was not forwarded, and its `Host` is a loopback name. Behind a proxy or tunnel on this machine every
 * connection comes from loopback, so a forwarded request is not local. A remote page whose DNS name points to loopback
 * (DNS rebinding), and a proxy that adds no header, still send their own host.
 *
 * Not recognized: a proxy that adds no header and replaces the host by a loopback one. Call this before the headers are
 * rewritten (see identify.ts).
 */
export function isLocalCaller({ socket, headers }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  return (
    loopbackAddress.test(socket.remoteAddress ?? '') &&
    loopbackHost.test(headers.host ?? '') &&
    !Object.keys(headers).some((name) => forwardingHeaders.test(name))
  );
}
