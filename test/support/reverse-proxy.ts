/** A proxy in front of one server process, as a load balancer: it forwards requests with the `Host` of the issuer. */
import { Agent, createServer, request as forward, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tlsCertificate } from './tls-certificate.ts';

export interface ReverseProxy {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * @param port the port of the server; as a function, it is asked for each request
 * @param host the `Host` that the server accepts; by default that of the request
 */
export async function startReverseProxy(port: number | (() => number), host?: string): Promise<ReverseProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(
    forwardTo({
      port: typeof port === 'number' ? () => port : port,
      host: (requested) => host ?? requested,
      agent,
    }),
  );
  // Clients get the `Keep-Alive` of the server behind it, and expect that connections stay open for that time.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function forwardTo(to: {
  readonly port: () => number;
  readonly host: (requested: string) => string;
  readonly agent: Agent;
}): RequestListener {
  return (incoming, outgoing) => {
    const forwarded = forward(
      {
        host: '127.0.0.1',
        port: to.port(),
        agent: to.agent,
        method: incoming.method,
        path: incoming.url,
        headers: { ...incoming.headers, host: to.host(incoming.headers.host ?? '') },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  };
}

/**
 * Starts a proxy that terminates TLS, as in front of a production server. It listens on `port` for every host name:
 * requests for `host` go to the server on `serverPort`, all others to the listener `others`.
 */
export async function startTlsProxy(to: {
  readonly port: number;
  readonly host: string;
  readonly serverPort: number;
  readonly others: RequestListener;
  /** Of the network interface; loopback by default. */
  readonly address?: string;
}): Promise<{ stop(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const toServer = forwardTo({ port: () => to.serverPort, host: (requested) => requested, agent });
  const server = createTlsServer(tlsCertificate, (incoming, outgoing) =>
    (incoming.headers.host === to.host ? toServer : to.others)(incoming, outgoing),
  );
  await new Promise<void>((resolve) => {
    server.listen(to.port, to.address ?? '127.0.0.1', resolve);
  });
  return {
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
