/** Server-sent events (WHATWG HTML §9.2), as far as the revocation feed uses them: events with data, and comments. */

/** Bytes of one event. One entry of the feed has about 130. */
const maxEventLength = 16 * 1024 * 1024;

/**
 * The data of each event of a response.
 * @param onChunk is called for everything that arrives, also for comments and parts of an event
 * @throws if an event is too large, or the connection breaks
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>, onChunk: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    onChunk();
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    length += chunk.length;
    if (length > maxEventLength) {
      throw new Error('an event of the revocation feed is too large');
    }
    for (const line of lines) {
      if (line === '') {
        length = 0;
        if (data.length > 0) {
          yield data.join('\n');
          data = [];
        }
      } else if (line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''));
      }
    }
  }
}
