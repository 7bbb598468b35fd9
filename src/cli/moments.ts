/** How commands write a moment. */

/** For programs: seconds since the epoch, as in every document of OAuth (RFC 7591 §3.2.1, RFC 7519 §2). */
export function toEpochSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** For people, in UTC, as in the logs: `2030-01-31 12:00 UTC`. */
export function toText(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
