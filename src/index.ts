/**
 * The package `gatehouse`, for programs that run the server themselves: load a configuration, create a server, start
 * it. The command line does the same (cli/commands/serve.ts).
 */
export { loadConfig } from './config/load.ts';
export { ensureDevelopmentSecrets } from './development/secrets.ts';
export type { Config } from './config/config.ts';
export { ConfigurationError, GatehouseError, type ErrorCode } from './errors.ts';
export type { Clock } from './clock.ts';
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './logging.ts';
export { createServer, type Card, type Server, type ServerOptions } from './server.ts';
