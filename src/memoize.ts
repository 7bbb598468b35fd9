/** Remembers what a pure function said of a text: for answers that cost more to find than to keep. */

/**
 * @param compute gives the same answer to the same text, always
 * @param most answers that are kept; when there would be more, all are forgotten, so that a caller who makes texts up
 *   costs time and no memory
 */
export function memoize<R>(compute: (text: string) => R, most: number): (text: string) => R {
  const answers = new Map<string, R>();
  return (text) => {
    let answer = answers.get(text);
    if (answer === undefined && !answers.has(text)) {
      answer = compute(text);
      if (answers.size >= most) {
        answers.clear();
      }
      answers.set(text, answer);
    }
    return answer as R;
  };
}
