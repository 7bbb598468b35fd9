/**
 * Ends this process when the `npx` that started it was stopped. npx starts a shell, which starts this process. npx
 * sends SIGTERM to the shell, and the shell ends without passing it on. (`npm start` does not need this: its script
 * uses `exec`, so there is no shell in between.)
 */
import { awaitParentExit } from './parent.ts';

/**
 * Sends SIGTERM to this process when its shell has ended. Does nothing if npx did not start it: a server that a shell
 * started in the background keeps running when that shell ends.
 *
 * @param environment of this process; npm sets `npm_command`.
 */
export function stopWithNpx(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment['npm_command'] !== 'exec') {
    return;
  }
  void awaitParentExit().then(() => process.kill(process.pid, 'SIGTERM'));
}
