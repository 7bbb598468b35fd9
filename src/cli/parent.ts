/** Notices that the process which started this one has ended. The only sign is that our parent process has changed. */
const checkEveryMs = 200;

/** Resolves when the parent process has ended. Does not keep this process alive. */
export function awaitParentExit(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const check = setInterval(() => {
      if (process.ppid !== parent) {
        clearInterval(check);
        resolve();
      }
    }, checkEveryMs);
    check.unref();
  });
}
