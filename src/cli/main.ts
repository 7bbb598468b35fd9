/** Connects the program to this process: arguments, environment, streams, exit code. */
import { stopWithNpx } from './npx.ts';
import { runProgram } from './program.ts';

/** Runs the command that the process was started with, and ends the process with its exit code. */
export async function main(): Promise<void> {
  // The reader of our output may stop reading, as `| head` does. That is not an error.
  process.stdout.on('error', () => process.exit(0));
  stopWithNpx(process.env);
  const exitCode = await runProgram(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    workingDirectory: process.cwd(),
    environment: process.env,
  });
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  process.exit(exitCode);
}
