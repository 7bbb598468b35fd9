/** Whether the log is read by a person: short lines for a developer at a terminal, JSON for everything else. */
import type { Config } from '../config/schema.ts';
import type { LoggerOptions } from '../logging.ts';

/** Options of the logger for this process. Production is always JSON: somebody may copy lines from a terminal there. */
export function logFormat({ profile }: Config): Pick<LoggerOptions, 'readable'> {
  const { stderr } = process;
  return profile === 'development' && stderr.isTTY ? { readable: { colors: stderr.hasColors() } } : {};
}
