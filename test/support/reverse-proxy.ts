/** A proxy in front of one server process, as a load balancer is: what comes to it goes on under the issuer's host. */
import { Agent, createServer, request as forward, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tlsCertificate } from './tls-certificate.ts';

export interface ReverseProxy {
  readonly origin: string;
  stop(): Promise<void>;
}

/** @param host the name that the server answers to */
export async function startReverseProxy(port: number, host: string): Promise<ReverseProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(forwardTo({ port, host: () => host, agent }));
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
  readonly port: number;
  readonly host: (asked: string) => string;
  readonly agent: Agent;
}): RequestListener {
  return (incoming, outgoing) => {
    const onward = forward(
      {
        host: '127.0.0.1',
        port: to.port,
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
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
}

/**
 * A proxy that ends TLS, as one in front of a production server does. It answers on `port` for every host name: what is
 * asked of `host` goes to the server on `serverPort`, everything else to `others`.
 */
export async function startTlsProxy(to: {
  readonly port: number;
  readonly host: string;
  readonly serverPort: number;
  readonly others: RequestListener;
}): Promise<{ stop(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const onward = forwardTo({ port: to.serverPort, host: (asked) => asked, agent });
  const server = createTlsServer(tlsCertificate, (incoming, outgoing) =>
    (incoming.headers.host === to.host ? onward : to.others)(incoming, outgoing),
  );
  await new Promise<void>((resolve) => {
    server.listen(to.port, '127.0.0.1', resolve);
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
