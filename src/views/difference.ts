/**
 * Marks the differences between a received and a registered address. Words and the signs between them are compared, so
 * that an additional label of a host, or an additional slash of a path, is marked exactly.
 */
import { withVisibleCharacters } from './markup.ts';

/** A part of a text, and whether it differs from the other text. Invisible characters are shown as escapes. */
interface Span {
  readonly text: string;
  readonly differs: boolean;
}

export interface Difference {
  readonly received: readonly Span[];
  readonly registered: readonly Span[];
  /** The first position where they differ; undefined if they are equal. */
  readonly first: { readonly position: number; readonly received: string; readonly registered: string } | undefined;
  /** The number of characters that only one of them has. */
  readonly size: number;
}

/** With more parts, only a common start and end is found, since the comparison takes quadratic time. */
const maxPieces = 400;

/** A section where the two texts differ, between sections that are equal. */
interface Change {
  shared: string;
  received: string;
  registered: string;
}

/** Compares two texts. An empty span that differs marks the place where something is missing. */
export function differenceBetween(received: string, registered: string): Difference {
  const changes = changesBetween(piecesOf(received), piecesOf(registered)).map(refine).flat();
  const spans = (side: 'received' | 'registered'): readonly Span[] =>
    changes.flatMap((change) => [
      ...(change.shared === '' ? [] : [{ text: withVisibleCharacters(change.shared), differs: false }]),
      ...(change.received === change.registered ? [] : [{ text: withVisibleCharacters(change[side]), differs: true }]),
    ]);
  let position = 1;
  let first: Difference['first'];
  for (const change of changes) {
    position += Array.from(change.shared).length;
    if (change.received === change.registered) {
      continue;
    }
    first = {
      position,
      received: withVisibleCharacters(change.received),
      registered: withVisibleCharacters(change.registered),
    };
    break;
  }
  const size = changes.reduce((sum, change) => sum + change.received.length + change.registered.length, 0);
  return { received: spans('received'), registered: spans('registered'), first, size };
}

function piecesOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]/gu) ?? [];
}

/** The longest common subsequence of parts, as a list of equal and different sections. */
function changesBetween(left: readonly string[], right: readonly string[]): Change[] {
  const [a, b] =
    left.length > maxPieces || right.length > maxPieces ? [[left.join('')], [right.join('')]] : [left, right];
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const changes: Change[] = [{ shared: '', received: '', registered: '' }];
  const last = (): Change => changes.at(-1) ?? { shared: '', received: '', registered: '' };
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      if (last().received !== '' || last().registered !== '') {
        changes.push({ shared: '', received: '', registered: '' });
      }
      last().shared += a[i] ?? '';
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      last().received += a[i] ?? '';
      i += 1;
    } else {
      last().registered += b[j] ?? '';
      j += 1;
    }
  }
  return changes;
}

/** Also finds the common start and end of two different words, in code points, so that no character is split. */
function refine(change: Change): Change[] {
  const received = Array.from(change.received);
  const registered = Array.from(change.registered);
  const shortest = Math.min(received.length, registered.length);
  let start = 0;
  while (start < shortest && received[start] === registered[start]) {
    start += 1;
  }
  let end = 0;
  while (end < shortest - start && received.at(-1 - end) === registered.at(-1 - end)) {
    end += 1;
  }
  const head = {
    shared: change.shared + received.slice(0, start).join(''),
    received: received.slice(start, received.length - end).join(''),
    registered: registered.slice(start, registered.length - end).join(''),
  };
  return end === 0
    ? [head]
    : [head, { shared: received.slice(received.length - end).join(''), received: '', registered: '' }];
}
