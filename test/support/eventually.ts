import { machineMilliseconds } from './machine-time.ts';

const deadlineMs = 10_000;

/** Repeats the check until it passes. @throws the error of the last check, after ten seconds */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const end = machineMilliseconds() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (machineMilliseconds() > end) {
        throw error;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 25);
      });
    }
  }
}
