import { runProgram } from '../../src/cli/program.ts';
import type { Noun } from '../../src/cli/program.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly workingDirectory?: string;
  readonly nouns?: readonly Noun[];
}

/** Runs a command in this process, and collects its output. */
export async function run(
  argv: readonly string[],
  { environment = {}, input = '', workingDirectory = '/nonexistent', nouns }: RunOptions = {},
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const terminal = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    stdin: (async function* stdin() {
      await Promise.resolve();
      yield Buffer.from(input);
    })(),
    workingDirectory,
    environment,
  };
  const exitCode = await (nouns === undefined ? runProgram(argv, terminal) : runProgram(argv, terminal, nouns));
  return { exitCode, stdout, stderr };
}
