/** Space-separated lists, as `scope` is (RFC 6749 §3.3). */

/** @returns the words; none if the value is not a text */
export function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}
