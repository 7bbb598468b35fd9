import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import Koa from 'koa';
import { listen } from '../../src/http/listen.ts';

describe('stopping the HTTP server', () => {
  it('does not wait for connections on which no request was sent', async () => {
    const { port, close } = await listen(new Koa(), { host: '127.0.0.1', port: 0 });
    const socket = connect(port, '127.0.0.1').resume();
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await Promise.all([close(30), ended]);
  });

  it('waits for a request that has begun to arrive, and answers it', async () => {
    const app = new Koa();
    app.use((ctx) => {
      ctx.body = 'answered';
    });
    const { port, close } = await listen(app, { host: '127.0.0.1', port: 0 });
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    let answer = '';
    socket.on('data', (text) => {
      answer += String(text);
    });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    await wait(100);
    // After a stall of the machine, the timer comes before the server reads what has arrived.
    for (let count = 0; count < 10; count += 1) {
      await turn();
    }
    const closed = close(30);
    await wait(200);
    socket.write('Connection: close\r\n\r\n');
    await Promise.all([closed, once(socket, 'close')]);
    expect(answer)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.include('answered');
  });
});
