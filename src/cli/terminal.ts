/** The streams and environment of a command. Tests pass their own. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly workingDirectory: string;
  /** The process's own environment by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
