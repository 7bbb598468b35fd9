/** Processor time and memory of a process, from Linux's /proc; on other systems the results are NaN. */
import { readFile } from 'node:fs/promises';

/** Clock ticks per second, the unit of processor time in /proc (USER_HZ). */
const ticksPerSecond = 100;

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Processor time of all threads since the process started, in seconds. */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name, in parentheses, may contain spaces; the fields begin after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields?.[11]) + Number(fields?.[12])) / ticksPerSecond;
}

/** Resident memory in MiB (VmRSS), or its peak (VmHWM). */
export async function residentMiB(pid: number, which: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
  const status = await read(`/proc/${pid}/status`);
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status ?? '')?.[1]) / 1024;
}
