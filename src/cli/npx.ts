/**
 * Ends this process when the `npx` that started it was stopped. Between the two is a shell: npx sends SIGTERM to that
 * shell, which dies of it and passes nothing on, so the only sign is that another process is now our parent.
 * (`npm start` needs none of this: its script is an `exec`, which leaves no shell in between.)
 */
const checkEveryMs = 200;

/**
 * Sends this process the SIGTERM that its shell was sent. Does nothing where it was not started by npx: a server that a
 * shell started in the background goes on when that shell ends.
 *
 * @param environment of this process; npm sets `npm_command`.
 */
export function stopWithNpx(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment['npm_command'] !== 'exec') {
    return;
  }
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(check);
      process.kill(process.pid, 'SIGTERM');
    }
  }, checkEveryMs);
  check.unref();
}
