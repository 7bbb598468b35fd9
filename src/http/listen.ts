/** The HTTP server around the application: its limits, and how it stops. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type Koa from 'koa';

export interface Listener {
  /** The port that it listens on: the configured one, or a free one if 0 was configured. */
  readonly port: number;
  /**
   * Accepts no new connections, lets open requests finish for `drainSeconds`, then closes the remaining connections.
   */
  close(drainSeconds: number): Promise<void>;
}

/** Node's defaults are 60 s, 300 s, 5 s and no limit (decision 13). Load balancers keep connections for 60 s. */
const limits = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 5000,
};
const maxConnections = 10_000;
const maxHeaders = 100;

/** Milliseconds that a caller has to read a response that was sent before its request body had arrived completely. */
const discardTimeoutMs = 1000;

/**
 * Discards the rest of a request body after the response was sent, then closes the connection. Without this, a
 * connection whose body is not read stays paused, and a paused connection does not notice that the client has closed
 * it.
 */
function discardRest(request: IncomingMessage): void {
  if (!request.complete) {
    request.resume();
    const timer = setTimeout(() => request.destroy(), discardTimeoutMs).unref();
    request.once('close', () => clearTimeout(timer));
  }
}

/**
 * Creates a function that closes the connections on which nothing has arrived yet. Browsers and HTTP clients open them
 * for a request that may follow. Node does not count them as idle, so a stop would wait for their `headersTimeout`.
 */
function trackUnused(server: Server): () => void {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return () => {
    for (const socket of connections) {
      if (socket.bytesRead === 0) {
        socket.destroy();
      }
    }
  };
}

export async function listen(app: Koa, address: { readonly host: string; readonly port: number }): Promise<Listener> {
  const handle = app.callback();
  const server: Server = createServer(limits, (request, response) => {
    response.once('finish', () => discardRest(request));
    void handle(request, response);
  });
  const closeUnused = trackUnused(server);
  server.maxConnections = maxConnections;
  server.maxHeadersCount = maxHeaders;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async (drainSeconds) => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      // Kept-alive connections become idle one by one, as their requests finish.
      const closeIdle = setInterval(() => {
        server.closeIdleConnections();
        closeUnused();
      }, 50);
      const timer = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000);
      await closed;
      clearInterval(closeIdle);
      clearTimeout(timer);
    },
  };
}
