/** The HTTP server around the application: its limits, and how it stops. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';

export interface Listener {
  /** The port that it listens on: the one that was asked for, or the free one that was found. */
  readonly port: number;
  /** Takes no new connections, lets requests end for so many seconds, then closes what is left. */
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
const mostConnections = 10_000;
const mostHeaders = 100;

/** Milliseconds in which a caller may read an answer that came before all of its request was sent. */
const lingering = 1000;

/**
 * What comes of a body after its answer is thrown away for a moment, then the connection ends: whoever stopped reading
 * left it paused, and a paused connection would not even notice that the other side is gone.
 */
function discardRest(request: IncomingMessage): void {
  if (!request.complete) {
    request.resume();
    const cut = setTimeout(() => request.destroy(), lingering).unref();
    request.once('close', () => clearTimeout(cut));
  }
}

export async function listen(app: Koa, address: { readonly host: string; readonly port: number }): Promise<Listener> {
  const handle = app.callback();
  const server: Server = createServer(limits, (request, response) => {
    response.once('finish', () => discardRest(request));
    void handle(request, response);
  });
  server.maxConnections = mostConnections;
  server.maxHeadersCount = mostHeaders;
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
      // Connections that are kept alive become idle one by one as their requests end.
      const sweeping = setInterval(() => server.closeIdleConnections(), 50);
      const timer = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000);
      await closed;
      clearInterval(sweeping);
      clearTimeout(timer);
    },
  };
}
