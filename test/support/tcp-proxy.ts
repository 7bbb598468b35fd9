/**
 * A TCP proxy that stands between a server and its database and behaves like a bad network: it cuts connections, delays
 * both ways, or swallows either direction in silence. A connection that lost a byte never speaks again, as none would.
 */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Resets every connection, and every new one, until {@link TcpProxy.restore}. */
  cut(): void;
  /**
   * From now on nothing gets through: `requests` never reach the database; `answers` never come back, though what was
   * asked is done.
   */
  drop(direction: 'requests' | 'answers'): void;
  /** Resolves when the next bytes of that direction were swallowed. */
  nextDropped(direction: 'requests' | 'answers'): Promise<void>;
  /** Each chunk arrives this many milliseconds late. */
  delay(milliseconds: number): void;
  /**
   * One fault, then all is well: when the next write command of MongoDB comes by (after `skip` others), its connection
   * breaks or falls silent, before the write arrived or after it was applied. `happened` is called then.
   */
  failNextWrite(fault: WriteFault, happened: () => void, skip?: number): void;
  /** New connections work again, and a fault that did not happen is called off. */
  restore(): void;
  stop(): Promise<void>;
}

/** What becomes of one write, and of the connection that it is on. */
export interface WriteFault {
  readonly kind: 'cut' | 'silence';
  /** Whether the write has been applied by then. */
  readonly applied: boolean;
  /** Whether it befalls every write until {@link TcpProxy.restore}. */
  readonly every?: boolean;
}

/** Where the first element of an OP_MSG's document has its name: header, flags, section kind, document length, type. */
const commandNameAt = 16 + 4 + 1 + 4 + 1;
const writeCommands = ['insert', 'update', 'delete', 'findAndModify'];

/** Whether a chunk begins with a write command; a command of ours comes in one piece on loopback. */
function isWrite(chunk: Buffer): boolean {
  const name = chunk.toString('latin1', commandNameAt, chunk.indexOf(0, commandNameAt));
  return writeCommands.includes(name);
}

/** Starts one on a free port of 127.0.0.1, in front of that address. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const dropping = { requests: false, answers: false };
  let listeners: { readonly direction: 'requests' | 'answers'; readonly resolve: () => void }[] = [];
  let isCut = false;
  let delayMs = 0;
  let expected: { readonly fault: WriteFault; skip: number; readonly happened: () => void } | undefined;

  /** The fault that is to befall this chunk, if it is the write that was waited for. */
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

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  function told(direction: 'requests' | 'answers'): void {
    const due = listeners.filter((listener) => listener.direction === direction);
    listeners = listeners.filter((listener) => listener.direction !== direction);
    for (const listener of due) {
      listener.resolve();
    }
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
          told(direction);
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
