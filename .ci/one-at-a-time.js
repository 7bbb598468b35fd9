/**
 * A TCP proxy for MongoDB's wire protocol that passes one request at a time, over all connections, and the next one
 * after the response. The stand-in needs it: it encodes a document for one connection while another connection changes
 * it, so that a reader may see half of an update, and then writes by what it saw. MongoDB never shows that.
 *
 * The argument is the address of the server, for example mongodb://127.0.0.1:27017. Prints its own address.
 */
import { connect, createServer } from 'node:net';

const target = new URL(process.argv[2] ?? '');

/** Requests of all connections that wait for their turn. Each is a function that resolves after the response. */
const waiting = [];
let isBusy = false;

async function runInTurn(request) {
  waiting.push(request);
  if (isBusy) {
    return;
  }
  isBusy = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    await next();
  }
  isBusy = false;
}

/** Calls `receive` for each whole message: its first four bytes are its length. */
function onMessages(socket, receive) {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      receive(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
}

const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
  let responded = () => undefined;
  onMessages(near, (request) => {
    void runInTurn(async () => {
      if (near.destroyed || far.destroyed) {
        return;
      }
      await new Promise((resolve) => {
        responded = resolve;
        far.write(request);
      });
    });
  });
  onMessages(far, (response) => {
    near.write(response);
    responded();
  });
  for (const socket of [near, far]) {
    socket.on('error', () => undefined);
  }
  near.on('close', () => {
    // In turn, because the server finishes a request whose connection has closed.
    void runInTurn(async () => far.destroy());
  });
  far.on('close', () => {
    near.destroy();
    responded();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`mongodb://127.0.0.1:${server.address().port}\n`);
});
