/**
 * A TCP proxy that stands between a server and its database and behaves like a bad network: it cuts connections, delays
 * both ways, or swallows either direction in silence. A connection that lost a byte never speaks again, as none would.
 */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Resets every connection, and every new one, until {@link TcpProxy.heal}. */
  cut(): void;
  /**
   * From now on nothing gets through: `requests` never reach the database; `answers` never come back, though what was
   * asked is done.
   */
  swallow(direction: 'requests' | 'answers'): void;
  /** Resolves when the next bytes of that direction were swallowed. */
  nextSwallowed(direction: 'requests' | 'answers'): Promise<void>;
  /** Each chunk arrives this many milliseconds late. */
  delay(milliseconds: number): void;
  /** New connections work again. */
  heal(): void;
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, in front of that address. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const swallowing = { requests: false, answers: false };
  let listeners: { readonly direction: 'requests' | 'answers'; readonly resolve: () => void }[] = [];
  let isCut = false;
  let delayMs = 0;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  function told(direction: 'requests' | 'answers'): void {
    const due = listeners.filter((listener) => listener.direction === direction);
    listeners = listeners.filter((listener) => listener.direction !== direction);
    for (const listener of due) listener.resolve();
  }

  const server = createServer((near) => {
    keep(near);
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target);
    keep(far);
    const connection = { requests: true, answers: true };
    const pass = (from: Socket, to: Socket, direction: 'requests' | 'answers'): void => {
      from.on('data', (chunk: Buffer) => {
        if (swallowing[direction]) connection[direction] = false;
        if (!connection[direction]) {
          told(direction);
          return;
        }
        if (delayMs === 0) to.write(chunk);
        else setTimeout(() => to.writable && to.write(chunk), delayMs);
      });
      from.on('close', () => to.destroy());
    };
    pass(near, far, 'requests');
    pass(far, near, 'answers');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    swallow(direction) {
      swallowing[direction] = true;
    },
    nextSwallowed: (direction) =>
      new Promise((resolve) => {
        listeners.push({ direction, resolve });
      }),
    delay(milliseconds) {
      delayMs = milliseconds;
    },
    heal() {
      isCut = false;
      delayMs = 0;
      swallowing.requests = false;
      swallowing.answers = false;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
