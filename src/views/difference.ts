/**
 * What came beside what is registered, for the eye: the parts in which two addresses differ. Compared are the pieces that
 * an address is read in (its words and the signs between them), so that a host that has one more label, or a path that
 * has one more slash, is marked as just that.
 */
import { withVisibleCharacters } from './markup.ts';

/** A piece of a text, and whether the other text has it too. Invisible characters are shown. */
export interface Span {
  readonly text: string;
  readonly differs: boolean;
}

export interface Difference {
  readonly received: readonly Span[];
  readonly registered: readonly Span[];
  /** The first place where they part; undefined when they are the same. */
  readonly first: { readonly position: number; readonly received: string; readonly registered: string } | undefined;
  /** How many characters are not shared. */
  readonly size: number;
}

/** Past so many pieces only what both begin and end with is left unmarked: the comparison takes time by their square. */
const pieceLimit = 400;

/** A stretch in which each text has its own words, between stretches that both share. */
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

/** The longest common subsequence of pieces, written as what is shared and what each has instead. */
function changesBetween(left: readonly string[], right: readonly string[]): Change[] {
  const [a, b] =
    left.length > pieceLimit || right.length > pieceLimit ? [[left.join('')], [right.join('')]] : [left, right];
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

/** Where a word stands for another, what both begin and end with is shared too. Counted in code points: none is cut in two. */
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
