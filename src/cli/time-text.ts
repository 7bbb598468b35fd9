/** Formats a time for people, in UTC: `2030-01-31 12:00 UTC`. */
export function toText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
