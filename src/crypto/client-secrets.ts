/** The text of a client secret: `gth_cs_` and 256 random bits, so that scanners and logs recognise one. */
import { randomToken } from './secrets.ts';

const prefix = 'gth_cs_';

/** Makes a new value from the system's random source. */
export function newClientSecret(): string {
  return prefix + randomToken();
}

/** Whether the text has the form of a client secret. It may not exist. */
export function isClientSecret(text: string): boolean {
  return text.startsWith(prefix);
}
