import { expect } from 'chai';
import { readEvents } from '../../src/guard/event-stream.ts';

async function* chunksOf(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield typeof text === 'string' ? new TextEncoder().encode(text) : text;
  }
}

async function read(...texts: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const events: string[] = [];
  for await (const event of readEvents(chunksOf(...texts), () => undefined)) {
    events.push(event);
  }
  return events;
}

describe('server-sent events (WHATWG HTML §9.2)', () => {
  it('end with an empty line, whatever the line ends are', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['data: one', '', 'data: two', '', ''].join(end);
      expect(await read(text, 'x\n'), JSON.stringify(end)).to.deep.equal(['one', 'two']);
    }
  });

  it('are the same however the bytes arrive', async () => {
    const bytes = new TextEncoder().encode(
      ': hello\r\nevent: batch\r\nid: 7\r\ndata: ö1\r\ndata:2\r\n\r\ndata: 3\r\n\r\n',
    );
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await read(bytes.subarray(0, at), bytes.subarray(at)), String(at)).to.deep.equal(['ö1\n2', '3']);
    }
  });

  it('without data are none: comments keep the connection open', async () => {
    expect(await read(': quiet\n\n: quiet\n\nevent: x\n\n')).to.deep.equal([]);
  });

  it('are not read if the connection breaks in the middle of one', async () => {
    expect(await read('data: one\n\ndata: tw')).to.deep.equal(['one']);
  });

  it('have a maximum size', async () => {
    const mebibyte = `data: ${'x'.repeat(1024 * 1024)}\n`;
    let error: unknown;
    try {
      await read(...Array.from({ length: 20 }, () => mebibyte));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.be.instanceOf(Error);
  });
});
