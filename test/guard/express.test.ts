/** What the guard for Express does when something fails. Express 4 does not handle a handler that rejects. */
import { expect } from 'chai';
import { guard } from '../../src/guard/index.ts';
import { audience } from './issuer.ts';

const photos = guard({ issuer: 'https://login.example', audience }).express();
const request = { method: 'GET', url: '/photos', rawHeaders: [] };

/** @returns what the handler passes to `next`, one for each call */
async function run(
  given: Parameters<ReturnType<typeof photos.require>>[0],
  response: Parameters<ReturnType<typeof photos.require>>[1],
): Promise<readonly unknown[]> {
  const calls: unknown[] = [];
  await photos.require('photos:read')(given, response, (error) => void calls.push(error));
  return calls;
}

function fail(): never {
  throw new Error('the connection is gone');
}

describe('the guard for Express', () => {
  it('passes an error while it sends an answer to Express', async () => {
    const response = { statusCode: 200, setHeader: fail, end: fail };
    const [error, ...others] = await run(request, response);
    expect(error).to.have.property('message', 'the connection is gone');
    expect(others).to.deep.equal([]);
  });

  it('passes an error while it reads the request to Express', async () => {
    const broken = Object.defineProperty({ ...request }, 'originalUrl', { get: fail });
    const [error] = await run(broken, { statusCode: 200, setHeader: fail, end: fail });
    expect(error).to.have.property('message', 'the connection is gone');
  });

  it('sends nothing after the headers of another answer, and lets the request not pass', async () => {
    const response = { statusCode: 504, headersSent: true, setHeader: fail, end: fail };
    expect(await run(request, response)).to.deep.equal([]);
    expect(response.statusCode).to.equal(504);
  });
});
