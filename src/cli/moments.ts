/** How commands write a moment for people: in UTC, as in the logs: `2030-01-31 12:00 UTC`. */
export function toText(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
