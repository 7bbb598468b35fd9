/**
 * Whether a password is known from a breach, by a list that is shipped: no request leaves this server.
 * `config/breached-passwords.bin` has the first five bytes of the SHA-256 of each password, sorted. Its source and
 * licence are in `config/breached-passwords.md`; `npm run breached-passwords` builds it.
 *
 * The file: for each of the 65,536 values of the first two bytes, and once more for the end, the number of passwords
 * before them (4 bytes, big endian); then the other three bytes of each password. A lookup reads two numbers and about
 * twenty entries from the file, so nothing is kept in memory. A password that is not on the list is taken for one that
 * is with a probability of 20 / 2^24, about one in 850,000.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes of one number in the index. */
const indexEntry = 4;
const prefixes = 2 ** 16;
/** Bytes of an entry after the index. */
const entry = 3;
const indexLength = (prefixes + 1) * indexEntry;

export interface BreachedPasswords {
  /**
   * @param password as it is compared: in lower case and the compatibility form (NFKC)
   * @throws the file system's error, and RangeError when the file is incomplete
   */
  has(password: string): Promise<boolean>;
}

function hashOf(password: string): Buffer {
  return createHash('sha256')
    .update(password)
    .digest()
    .subarray(0, 2 + entry);
}

/** @param file the path of the list */
export function createBreachedPasswords(file: string): BreachedPasswords {
  return {
    has: async (password) => {
      const hash = hashOf(password);
      const list = await open(file);
      try {
        const read = async (position: number, length: number): Promise<Buffer> => {
          const { bytesRead, buffer } = await list.read(Buffer.alloc(length), 0, length, position);
          if (bytesRead !== length) {
            throw new RangeError(`${file} is incomplete`);
          }
          return buffer;
        };
        const bounds = await read(hash.readUInt16BE(0) * indexEntry, 2 * indexEntry);
        const [first, end] = [bounds.readUInt32BE(0), bounds.readUInt32BE(indexEntry)];
        if (first === end) {
          return false;
        }
        const found = await read(indexLength + first * entry, (end - first) * entry);
        const wanted = hash.readUIntBE(2, entry);
        for (let position = 0; position < found.length; position += entry) {
          if (found.readUIntBE(position, entry) === wanted) {
            return true;
          }
        }
        return false;
      } finally {
        await list.close();
      }
    },
  };
}

/** @returns the content of the file for these passwords, which are as {@link BreachedPasswords.has} compares them */
export function encodeBreachedPasswords(passwords: Iterable<string>): Buffer {
  const hashes = new BigUint64Array([...new Set(passwords)].map((one) => BigInt(hashOf(one).readUIntBE(0, 2 + entry))));
  const sorted = [...new Set(hashes.sort())].map(Number);
  const file = Buffer.alloc(indexLength + sorted.length * entry);
  let next = 0;
  for (let prefix = 0; prefix <= prefixes; prefix += 1) {
    while (next < sorted.length && Math.floor((sorted[next] ?? 0) / 2 ** (8 * entry)) < prefix) {
      file.writeUIntBE((sorted[next] ?? 0) % 2 ** (8 * entry), indexLength + next * entry, entry);
      next += 1;
    }
    file.writeUInt32BE(next, prefix * indexEntry);
  }
  return file;
}
