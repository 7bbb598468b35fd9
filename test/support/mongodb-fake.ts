/**
 * A server that implements a small part of MongoDB's wire protocol, for situations that a real server cannot easily be
 * brought into: it is a member of a replica set, loses its role, withholds an answer, rejects a command. It keeps
 * documents in memory, supports filters by equality and `$exists` only, and records every command that arrives.
 *
 * Protocol: OP_MSG, and OP_QUERY for the first hello
 * (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

/** A command that arrived: its name (the first field of its document), and the document with all sections merged. */
export interface ReceivedCommand {
  readonly name: string;
  readonly document: Document;
}

/**
 * How the server reacts to a command: undefined executes it and sends the usual answer; a document is sent as the
 * answer; `silence` neither executes nor answers it; `lost` executes it and does not answer; `close` closes its
 * connection.
 */
export type Reaction = undefined | 'silence' | 'lost' | 'close' | Document;

export interface MongodbFake {
  readonly port: number;
  /** Every command that arrived, except hello. */
  readonly commands: readonly ReceivedCommand[];
  /** The stored documents of a collection, by id. */
  documents(collection: string): ReadonlyMap<unknown, Document>;
  /** Fields that are added to the answer to hello, or replace its fields. */
  hello: Document;
  /** Whether a write with the session and `txnNumber` of an earlier write is not repeated, but gets the same answer. */
  recognizesRetries: boolean;
  /** Decides how the server reacts to a command. */
  decide: (command: ReceivedCommand) => Reaction;
  /** Closes every connection; new ones are accepted. */
  closeConnections(): void;
  stop(): Promise<void>;
}

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;

/**
 * The answer to hello of a standalone MongoDB 7.0. It has no `topologyVersion`, so the driver polls every two seconds.
 */
const standaloneHello = {
  isWritablePrimary: true,
  ismaster: true,
  helloOk: true,
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  logicalSessionTimeoutMinutes: 30,
  readOnly: false,
};

/** The fields of hello on the only member of a replica set. */
export function memberHello(port: number, role: 'primary' | 'secondary', setName = 'rs0'): Document {
  const me = `127.0.0.1:${port}`;
  return {
    setName,
    setVersion: 1,
    hosts: [me],
    me,
    isWritablePrimary: role === 'primary',
    ismaster: role === 'primary',
    secondary: role === 'secondary',
    ...(role === 'primary' ? { primary: me, electionId: new BSON.ObjectId() } : {}),
  };
}

/** Starts the server on a free port of 127.0.0.1; it is a standalone server until `hello` is changed. */
export async function startMongodbFake(): Promise<MongodbFake> {
  const collections = new Map<string, Map<unknown, Document>>();
  const indexes = new Map<string, Document[]>();
  const commands: ReceivedCommand[] = [];
  const sockets = new Set<Socket>();
  /** The answers to writes that the driver may retry, by session and `txnNumber`. */
  const answers = new Map<string, Document>();

  function collection(name: string): Map<unknown, Document> {
    const documents = collections.get(name) ?? new Map<unknown, Document>();
    collections.set(name, documents);
    return documents;
  }

  function execute({ name, document }: ReceivedCommand): Document {
    const target = String(document[name]);
    const documents = collection(target);
    switch (name) {
      case 'hello':
      case 'ismaster':
      case 'isMaster':
        return { ...standaloneHello, ...fake.hello, ok: 1 };
      case 'insert':
        return insert(documents, document['documents'] as Document[]);
      case 'update':
        return update(documents, document['updates'] as Document[]);
      case 'findAndModify':
        return findAndModify(documents, document);
      case 'delete':
        return remove(documents, document['deletes'] as Document[]);
      case 'find':
        return cursor(
          target,
          [...documents.values()].filter((stored) => matches(stored, document['filter'] as Document)),
        );
      case 'createIndexes':
        indexes.set(target, [...(indexes.get(target) ?? []), ...(document['indexes'] as Document[])]);
        return { ok: 1 };
      case 'dropIndexes':
        return { ok: 1 };
      case 'listIndexes':
        return cursor(target, indexes.get(target) ?? []);
      default:
        return { ok: 1 };
    }
  }

  /** The answer to a command, or how the connection reacts instead. */
  function answer(document: Document): Document | 'silence' | 'close' {
    const name = Object.keys(document)[0] ?? '';
    const command = { name, document };
    const reaction = fake.decide(command);
    if (!/^(hello|ismaster)$/i.test(name)) {
      commands.push(command);
    }
    if (reaction === 'silence' || reaction === 'close') {
      return reaction;
    }
    if (reaction === 'lost') {
      executeOnce(command);
      return 'silence';
    }
    return reaction ?? executeOnce(command);
  }

  function executeOnce(command: ReceivedCommand): Document {
    const { lsid, txnNumber } = command.document as { readonly lsid?: Document; readonly txnNumber?: unknown };
    if (txnNumber === undefined || !fake.recognizesRetries) {
      return execute(command);
    }
    const key = BSON.EJSON.stringify({ lsid, txnNumber });
    const result = answers.get(key) ?? execute(command);
    answers.set(key, result);
    return result;
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0);
        const message = received.subarray(0, length);
        received = received.subarray(length);
        const reply = answer(readMessage(message));
        if (reply === 'close') {
          socket.destroy();
        } else if (reply !== 'silence') {
          socket.write(writeMessage(reply, message));
        }
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  const fake: MongodbFake = {
    port: (server.address() as AddressInfo).port,
    commands,
    documents: collection,
    hello: {},
    recognizesRetries: true,
    decide: () => undefined,
    closeConnections() {
      for (const socket of sockets) {
        socket.destroy();
      }
    },
    async stop() {
      fake.closeConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return fake;
}

function readMessage(message: Buffer): Document {
  const opCode = message.readInt32LE(12);
  if (opCode === opQuery) {
    const nameEnd = message.indexOf(0, 20);
    return BSON.deserialize(message.subarray(nameEnd + 1 + 8));
  }
  if (opCode !== opMsg) {
    throw new Error(`the fake MongoDB does not support messages of kind ${opCode}`);
  }
  let document: Document = {};
  const sequences: Document = {};
  let at = 20;
  while (at < message.length) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    if (kind === 0) {
      document = BSON.deserialize(message.subarray(at + 1, at + 1 + size));
    } else {
      const nameEnd = message.indexOf(0, at + 5);
      const name = message.toString('utf8', at + 5, nameEnd);
      const documents: Document[] = [];
      for (let from = nameEnd + 1; from < at + 1 + size; from += message.readInt32LE(from)) {
        documents.push(BSON.deserialize(message.subarray(from, from + message.readInt32LE(from))));
      }
      sequences[name] = documents;
    }
    at += 1 + size;
  }
  return { ...document, ...sequences };
}

function writeMessage(reply: Document, request: Buffer): Buffer {
  const body = Buffer.from(BSON.serialize(reply));
  const isQuery = request.readInt32LE(12) === opQuery;
  const head = Buffer.alloc(isQuery ? 36 : 21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(request.readInt32LE(4), 8);
  head.writeInt32LE(isQuery ? opReply : opMsg, 12);
  if (isQuery) {
    head.writeInt32LE(1, 32);
  }
  return Buffer.concat([head, body]);
}

function cursor(collection: string, documents: readonly Document[]): Document {
  return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: `test.${collection}`, firstBatch: documents } };
}

/** Checks equality and `$exists`; every other operator matches. */
function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([field, condition]: [string, unknown]) => {
    if (typeof condition !== 'object' || condition === null || condition instanceof Date) {
      return document[field] === condition;
    }
    const exists = (condition as Document)['$exists'] as boolean | undefined;
    return exists === undefined || exists === field in document;
  });
}

function changed(document: Document, change: Document, inserting: boolean): Document {
  if (!Object.keys(change).some((name) => name.startsWith('$'))) {
    return { ...change, _id: document['_id'] };
  }
  const result = { ...document, ...(inserting ? change['$setOnInsert'] : {}), ...change['$set'] };
  for (const [field, by] of Object.entries((change['$inc'] ?? {}) as Record<string, number>)) {
    result[field] = Number(result[field] ?? 0) + by;
  }
  for (const field of Object.keys((change['$unset'] ?? {}) as Document)) {
    delete result[field];
  }
  return result;
}

function insert(documents: Map<unknown, Document>, added: readonly Document[]): Document {
  const writeErrors = added.flatMap((document, index) =>
    documents.has(document['_id']) ? [{ index, code: 11_000, errmsg: 'E11000 duplicate key error' }] : [],
  );
  if (writeErrors.length > 0) {
    return { ok: 1, n: 0, writeErrors };
  }
  for (const document of added) {
    documents.set(document['_id'], document);
  }
  return { ok: 1, n: added.length };
}

function update(documents: Map<unknown, Document>, updates: readonly Document[]): Document {
  let n = 0;
  const upserted: Document[] = [];
  for (const [index, { q, u, upsert }] of updates.entries()) {
    const found = [...documents.values()].find((stored) => matches(stored, q as Document));
    if (found !== undefined) {
      documents.set(found['_id'], changed(found, u as Document, false));
      n += 1;
    } else if (upsert === true) {
      const { _id } = q as Document;
      documents.set(_id, changed({ _id }, u as Document, true));
      upserted.push({ index, _id: _id as unknown });
      n += 1;
    }
  }
  return { ok: 1, n, nModified: n - upserted.length, ...(upserted.length > 0 ? { upserted } : {}) };
}

function findAndModify(documents: Map<unknown, Document>, command: Document): Document {
  const query = command['query'] as Document;
  const before = [...documents.values()].find((stored) => matches(stored, query)) ?? null;
  if (before === null && command['upsert'] !== true) {
    return { ok: 1, value: null, lastErrorObject: { n: 0, updatedExisting: false } };
  }
  const { _id } = before ?? query;
  const after = changed(before ?? { _id }, command['update'] as Document, before === null);
  documents.set(_id, after);
  return {
    ok: 1,
    value: command['new'] === true ? after : before,
    lastErrorObject: { n: 1, updatedExisting: before !== null },
  };
}

function remove(documents: Map<unknown, Document>, deletes: readonly Document[]): Document {
  let n = 0;
  for (const { q, limit } of deletes) {
    for (const [id, document] of documents) {
      if (matches(document, q as Document)) {
        documents.delete(id);
        n += 1;
        if (limit === 1) {
          break;
        }
      }
    }
  }
  return { ok: 1, n };
}
