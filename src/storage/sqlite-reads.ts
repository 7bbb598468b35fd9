/**
 * Reads of SQLite in shared transactions. A statement outside of a transaction takes and releases the locks of the
 * file, which costs more than finding a document. So the reads of one turn of the event loop share a transaction, which
 * begins with the first of them.
 *
 * They see the database as it was at that moment. Nobody can notice it: the event loop receives everything that a turn
 * processes before the turn begins. So a request that was sent after another process had acknowledged a write is
 * processed in a later turn, and reads that write. A write of this process ends the transaction.
 */
import { turnOfEventLoop } from '../clock.ts';

/** A transaction that only reads; each function is synchronous and may throw the database's error. */
export interface ReadTransactions {
  begin(): void;
  end(): void;
  /** Whether a transaction is open: on some errors the database ends it. */
  isOpen(): boolean;
}

export interface SharedReads {
  /** Runs a read in the transaction of this turn. */
  read<R>(run: () => R): R;
  /** Ends the transaction if there is one. Must be called before anything else begins a transaction. */
  end(): void;
}

export function createSharedReads(transactions: ReadTransactions): SharedReads {
  /** The turn in which the present transaction began. */
  let begunIn: number | undefined;

  function end(): void {
    if (begunIn !== undefined) {
      begunIn = undefined;
      if (transactions.isOpen()) {
        transactions.end();
      }
    }
  }

  /** Nobody waits for this end, so an error would end the process. The next read or write meets it, too. */
  function endOfTurn(): void {
    try {
      end();
    } catch {
      // The transaction is still open, so the next one cannot begin.
    }
  }

  return {
    read: (run) => {
      const turn = turnOfEventLoop();
      if (begunIn !== turn) {
        end();
        transactions.begin();
        begunIn = turn;
        // No transaction stays open while the process waits: it would keep the write-ahead log from being copied.
        setImmediate(endOfTurn);
      }
      return run();
    },
    end,
  };
}
