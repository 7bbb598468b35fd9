/** Chooses the format of the log: short lines for a developer at a terminal, JSON everywhere else. */
import type { Config } from '../config/config.ts';
import type { LoggerOptions } from '../logging.ts';

/** Options of the logger for this process. Production always logs JSON, also to a terminal. */
export function logFormat({ profile }: Config): Pick<LoggerOptions, 'readable'> {
  const { stderr } = process;
  return profile === 'development' && stderr.isTTY ? { readable: { colors: stderr.hasColors() } } : {};
}
