/** Finds the known name that a misspelt word is probably meant to be. */

/**
 * The number of edits between two words (optimal string alignment). An edit inserts, deletes or replaces a character,
 * or swaps two neighbours.
 */
function distance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= left.length; row += 1) {
    const cells = [row];
    rows.push(cells);
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = cell(row - 1, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const swapped =
        left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
          ? cell(row - 2, column - 2) + 1
          : Number.POSITIVE_INFINITY;
      cells.push(Math.min(replaced, swapped, cell(row - 1, column) + 1, cell(row, column - 1) + 1));
    }
  }
  return cell(left.length, right.length);
}

/**
 * @returns the nearest of `names`, or undefined if none is near enough: at most one edit away for names of up to five
 * letters, at most two for longer names. Case is ignored.
 */
export function didYouMean(word: string, names: readonly string[]): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of names) {
    const allowed = name.length <= 5 ? 1 : 2;
    if (Math.abs(name.length - word.length) <= allowed) {
      const edits = distance(word.toLowerCase(), name.toLowerCase());
      if (edits <= allowed && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
        best = { name, edits };
      }
    }
  }
  return best?.name;
}
