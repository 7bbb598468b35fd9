/**
 * A TCP proxy between a server and its database that behaves like a bad network: it cuts connections, delays both
 * directions, or drops one direction silently. A connection that lost a byte stays silent in that direction.
 */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Resets every connection, and every new one, until {@link TcpProxy.restore}. */
  cut(): void;
  /**
   * Drops everything in this direction from now on: `requests` never reach the database; with `answers` the database
   * executes the requests, but its answers are lost.
   */
  drop(direction: 'requests' | 'answers'): void;
  /** Resolves when the next bytes of this direction have been dropped. */
  nextDropped(direction: 'requests' | 'answers'): Promise<void>;
  /** Delays each chunk by this number of milliseconds. */
  delay(milliseconds: number): void;
  /**
   * Lets the next write command of MongoDB fail (after `skip` others): its connection breaks or becomes silent, before
   * the write arrived or after it was applied. Calls `happened` then. Later commands work.
   */
  failNextWrite(fault: WriteFault, happened: () => void, skip?: number): void;
  /** Lets new connections work again, and cancels a fault that has not happened yet. */
  restore(): void;
  stop(): Promise<void>;
}

/** How a write fails, and what happens to its connection. */
export interface WriteFault {
  readonly kind: 'cut' | 'silence';
  /** Whether the database has applied the write before the fault. */
  readonly applied: boolean;
  /** Whether every write fails until {@link TcpProxy.restore}. */
  readonly every?: boolean;
}

/** The offset of the first field's name in an OP_MSG: after header, flags, section kind, document length and type. */
const commandNameAt = 16 + 4 + 1 + 4 + 1;
const writeCommands = ['insert', 'update', 'delete', 'findAndModify'];

/** Whether a chunk begins with a write command. On loopback each command arrives as one chunk. */
function isWrite(chunk: Buffer): boolean {
  const name = chunk.toString('latin1', commandNameAt, chunk.indexOf(0, commandNameAt));
  return writeCommands.includes(name);
}

/** Starts a proxy on a free port of 127.0.0.1, in front of this address. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const dropping = { requests: false, answers: false };
  let listeners: { readonly direction: 'requests' | 'answers'; readonly resolve: () => void }[] = [];
  let isCut = false;
  let delayMs = 0;
  let expected: { readonly fault: WriteFault; skip: number; readonly happened: () => void } | undefined;

  /** The fault for this chunk, if it is the write that is to fail. */
  function faultOf(chunk: Buffer): WriteFault | undefined {
    if (expected === undefined || !isWrite(chunk)) {
      return undefined;
    }
    if (expected.skip > 0) {
      expected.skip -= 1;
      return undefined;
    }
    const { fault, happened } = expected;
    if (fault.every !== true) {
      expected = undefined;
    }
    happened();
    return fault;
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  function notifyDropped(direction: 'requests' | 'answers'): void {
    const due = listeners.filter((listener) => listener.direction === direction);
    listeners = listeners.filter((listener) => listener.direction !== direction);
    for (const listener of due) {
      listener.resolve();
    }
  }

  const server = createServer((near) => {
    track(near);
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target);
    track(far);
    const connection = { requests: true, answers: true };
    let cutAtAnswer = false;
    const pass = (from: Socket, to: Socket, direction: 'requests' | 'answers'): void => {
      from.on('data', (chunk: Buffer) => {
        if (dropping[direction]) {
          connection[direction] = false;
        }
        const fault = direction === 'requests' ? faultOf(chunk) : undefined;
        if (fault?.applied === true) {
          cutAtAnswer = fault.kind === 'cut';
          connection.answers = false;
        } else if (fault !== undefined) {
          if (fault.kind === 'cut') {
            near.resetAndDestroy();
          }
          connection.requests = false;
        }
        if (direction === 'answers' && cutAtAnswer) {
          near.resetAndDestroy();
        }
        if (!connection[direction]) {
          notifyDropped(direction);
          return;
        }
        if (delayMs === 0) {
          to.write(chunk);
        } else {
          setTimeout(() => to.writable && to.write(chunk), delayMs);
        }
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
      for (const socket of sockets) {
        socket.resetAndDestroy();
      }
    },
    drop(direction) {
      dropping[direction] = true;
    },
    nextDropped: (direction) =>
      new Promise((resolve) => {
        listeners.push({ direction, resolve });
      }),
    delay(milliseconds) {
      delayMs = milliseconds;
    },
    failNextWrite(fault, happened, skip = 0) {
      expected = { fault, skip, happened };
    },
    restore() {
      expected = undefined;
      isCut = false;
      delayMs = 0;
      dropping.requests = false;
      dropping.answers = false;
    },
    async stop() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
