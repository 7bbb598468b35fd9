/**
 * Streams of server-sent events that stay open: a bounded number of readers who all get the same events. Each reader is
 * independent of the others: one that does not take what is sent to it is dropped, and may connect again.
 */
import { PassThrough, type Readable } from 'node:stream';
import { OverloadedError } from '../errors.ts';

export interface EventStreamLimits {
  /** Readers of this process. When all places are taken, address blocks share them. */
  readonly total: number;
  /** Readers from one address block. */
  readonly perAddress: number;
}

export interface EventStreams {
  readonly size: number;
  /**
   * Opens a stream. Events that are sent meanwhile follow the first one. If all places are taken, and another block has
   * at least two readers more than this one, the newest reader of the block with most readers is dropped, so that a few
   * blocks cannot hold all places.
   * @param block the address block of the reader
   * @param first makes the data of the first event
   * @throws OverloadedError when there are too many readers, or after {@link EventStreams.close}; what `first` throws
   */
  open(block: string, first: () => Promise<string>): Promise<Readable>;
  /** Sends an event to all readers. */
  send(data: string): void;
  /** Ends the streams that are open. */
  endAll(): void;
  /** Ends all streams, and opens no more. */
  close(): void;
}

/** Bytes that may wait for a reader besides its first event. */
const maxWaitingBytes = 1024 * 1024;
/** Events that a reader may be behind. At the interval of heartbeats, that is half a minute. */
const maxEventsBehind = 3;
/** Milliseconds after which a reader should connect again. */
const reconnectMs = 1000;

const format = (data: string): string => `data: ${data}\n\n`;

interface Reader {
  readonly stream: PassThrough;
  readonly block: string;
  /** Events that wait for the first one; undefined when that was sent. */
  held: string[] | undefined;
  /** Bytes that may wait. */
  maxBytes: number;
  /** Events in a row at which an earlier one was still waiting. */
  behind: number;
}

/** @param onChange called with the number of readers whenever it changes */
export function createEventStreams(limits: EventStreamLimits, onChange: (readers: number) => void): EventStreams {
  const readers = new Set<Reader>();
  let closed = false;

  const waitingBytes = ({ stream }: Reader): number => stream.writableLength + stream.readableLength;

  function write(reader: Reader, event: string): void {
    if (reader.held !== undefined) {
      reader.held.push(event);
      return;
    }
    if (reader.stream.writableEnded || reader.stream.destroyed) {
      return;
    }
    const waiting = waitingBytes(reader);
    reader.behind = waiting === 0 ? 0 : reader.behind + 1;
    if (reader.behind > maxEventsBehind || waiting > reader.maxBytes) {
      reader.stream.destroy();
      return;
    }
    reader.stream.write(event);
  }

  function remove(reader: Reader): void {
    if (readers.delete(reader)) {
      onChange(readers.size);
    }
  }

  /** Frees a place for a reader from a block that has `count` readers, if a larger block has two more than that. */
  function makeRoom(count: number): boolean {
    const largest = [...Map.groupBy(readers, (reader) => reader.block).values()].reduce<readonly Reader[]>(
      (most, list) => (list.length > most.length ? list : most),
      [],
    );
    const newest = largest.at(-1);
    if (newest === undefined || largest.length < count + 2) {
      return false;
    }
    newest.stream.destroy();
    remove(newest);
    return true;
  }

  function endAll(): void {
    for (const { stream } of readers) {
      stream.end();
    }
  }

  return {
    get size() {
      return readers.size;
    },
    open: async (block, first) => {
      const ofBlock = [...readers].filter((reader) => reader.block === block).length;
      if (closed || ofBlock >= limits.perAddress || (readers.size >= limits.total && !makeRoom(ofBlock))) {
        throw new OverloadedError(
          closed ? 'the server is stopping' : 'too many readers of the revocation feed, in total or from this address',
        );
      }
      const held: string[] = [];
      const reader: Reader = { stream: new PassThrough(), block, held, maxBytes: 0, behind: 0 };
      readers.add(reader);
      onChange(readers.size);
      reader.stream.once('close', () => remove(reader));
      try {
        const event = `retry: ${reconnectMs}\n${format(await first())}${held.join('')}`;
        reader.held = undefined;
        reader.maxBytes = Buffer.byteLength(event) + maxWaitingBytes;
        write(reader, event);
      } catch (error) {
        reader.stream.destroy();
        throw error;
      }
      return reader.stream;
    },
    send: (data) => {
      const event = format(data);
      for (const reader of readers) {
        write(reader, event);
      }
    },
    endAll,
    close: () => {
      closed = true;
      endAll();
    },
  };
}
