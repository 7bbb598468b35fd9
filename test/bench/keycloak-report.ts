/** Formats the comparison with Keycloak as docs/benchmarks-keycloak.md. */
import { machine, result, table, two, whole } from './report-format.ts';
import type { Measured, RoundOptions } from './rounds.ts';

export interface ComparisonResult {
  readonly name: string;
  readonly minRatio: number;
  readonly keycloak: Measured;
  readonly gatehouse: Measured;
  /** The bare engine, where it can do the same. */
  readonly engine?: Measured;
}

/** In MiB. */
export interface MemoryMeasured {
  readonly gatehouse: number;
  readonly keycloak: number;
  readonly postgres: number;
}

export interface Comparison {
  readonly date: Date;
  readonly rounds: Required<RoundOptions>;
  readonly versions: { readonly keycloak: string; readonly java: string; readonly postgres: string };
  readonly heap: string;
  readonly scenarios: readonly ComparisonResult[];
  readonly idle: MemoryMeasured;
  readonly loaded: MemoryMeasured;
}

/** Requests or flows per second of processor time. */
function perProcessorSecond({ processorMs }: Measured): string {
  return whole(1000 / processorMs);
}

export function keycloakReport({
  date,
  rounds: { rounds, seconds, warmUpSeconds },
  versions,
  heap,
  scenarios,
  idle,
  loaded,
}: Comparison): string {
  return `# Beside Keycloak

Written by \`npm run bench:keycloak\` on ${date.toISOString().slice(0, 10)}: ${machine()}.

- **Keycloak** ${versions.keycloak}, in production mode (\`kc.sh start --optimized\`), one server with a local cache; ${versions.java}, heap \`${heap}\`;
  PostgreSQL ${versions.postgres} with its default settings. One realm: ES256, PKCE, refresh tokens that work once; everything else has Keycloak's
  defaults.
- **Gatehouse**: the built package in production, one process, SQLite, with its defaults; only the request limits are off, because all requests come
  from one address. It writes a log line for each request, and Keycloak does not.
- **The bare engine**: oidc-provider, which Gatehouse is built on, without anything else: in memory, without a database, logs, limits and audit
  ([benchmarks.md](benchmarks.md)). Its ratio is about what Gatehouse would have if it added nothing to it. It has no API with JWTs.

The table has requests (or whole flows) per second of processor time, of the server and its database together: of the Java process and all processes of
PostgreSQL, or of the one process of Gatehouse or the engine. First Keycloak gets the load of every line for ${warmUpSeconds} s, so that Java compiles
the code. Then each line: ${warmUpSeconds} s of load for each server to warm up, then ${rounds} rounds of ${seconds} s for each in turn, in
reverse order every second round, 16 connections (users, for flows) without pauses; medians, and the median of the ratios of the rounds. Every answer is
checked: its status, and that it has the tokens or is \`active\`.

Keycloak's access tokens are always JWTs. Where Gatehouse issues or reads an opaque one, the line says so.

${table(
  ['per second of processor time', 'Keycloak', 'Gatehouse', 'ratio', 'required', '', 'bare engine', 'its ratio'],
  scenarios.map(({ name, minRatio, keycloak, gatehouse, engine }) => [
    name,
    perProcessorSecond(keycloak),
    perProcessorSecond(gatehouse),
    two(gatehouse.processorRatio),
    `≥ ${minRatio}`,
    result(gatehouse.processorRatio >= minRatio),
    ...(engine === undefined ? ['', ''] : [perProcessorSecond(engine), two(engine.processorRatio)]),
  ]),
)}

The rates in the same rounds. The servers and the client that makes the load share the processors, so Keycloak, which uses several, has fewer for itself:

${table(
  ['per second', 'Keycloak', 'Gatehouse', 'ratio'],
  scenarios.map(({ name, keycloak, gatehouse }) => [
    name,
    whole(keycloak.rate),
    whole(gatehouse.rate),
    two(gatehouse.ratio),
  ]),
)}

${table(
  ['memory, MiB', 'Keycloak', 'PostgreSQL', 'Gatehouse'],
  [
    ['idle, after the start', whole(idle.keycloak), whole(idle.postgres), whole(idle.gatehouse)],
    ['after all measurements above', whole(loaded.keycloak), whole(loaded.postgres), whole(loaded.gatehouse)],
  ],
)}

Most of Keycloak's memory is Java's heap, whose first size is given (\`-Xms\`).

## To repeat it

Download Keycloak's distribution (\`keycloak-VERSION.tar.gz\`) and unpack it. Java, and PostgreSQL's \`initdb\`, \`postgres\`, \`psql\` and \`pg_isready\`, must be
in the PATH; \`JAVA_HOME\` and \`JAVA_OPTS_KC_HEAP\` are read. The distribution is copied and not changed, and the database is in a temporary folder. Only on Linux.

\`\`\`sh
KEYCLOAK_HOME=/path/to/keycloak npm run bench:keycloak
\`\`\`
`;
}
