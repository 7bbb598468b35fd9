import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import { formOf } from '../../src/oidc/form-body.ts';

const head = 'POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n';

describe('the body of a form', () => {
  let server: Server;
  let caller: Socket;

  /** Sends a text. @returns the request, when its headers have arrived */
  async function send(text: string): Promise<IncomingMessage> {
    const arrives = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    caller = connect((server.address() as AddressInfo).port, '127.0.0.1');
    caller.write(text);
    return (await arrives)[0];
  }

  async function failureOf(reading: Promise<unknown> | undefined): Promise<unknown> {
    return reading?.then(
      () => 'read',
      (error: unknown) => error,
    );
  }

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => caller.destroy());
  after(() => server.close());

  it('is read once, also if it arrives in parts', async () => {
    const request = await send(`${head}Content-Length: 13\r\n\r\na=1&b=`);
    const reading = formOf(request);
    caller.write('%C3%A4&');
    expect({ ...(await reading) }).to.deep.equal({ a: '1', b: 'ä' });
    expect(formOf(request)).to.equal(reading);
  });

  it('is an error if the caller closes the connection before its end, or had closed it before', async () => {
    const request = await send(`${head}Content-Length: 100\r\n\r\na=1`);
    const reading = formOf(request);
    caller.destroy();
    expect(await failureOf(reading)).to.be.an.instanceOf(Error);
    const later = await send(`${head}Content-Length: 100\r\n\r\na=1`);
    caller.destroy();
    await new Promise((resolve) => later.once('close', resolve));
    expect(await failureOf(formOf(later))).to.be.an.instanceOf(Error);
  });

  it('is left to the engine if it has no length, or another type', async () => {
    const chunked = await send(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
    expect(formOf(chunked)).to.equal(undefined);
    caller.destroy();
    const json = await send(`${head.replace('x-www-form-urlencoded', 'json')}Content-Length: 2\r\n\r\n{}`);
    expect(formOf(json)).to.equal(undefined);
  });
});
