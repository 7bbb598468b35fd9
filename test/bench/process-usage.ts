/** What a process takes of the machine, as Linux counts it; elsewhere nothing is known. */
import { readFile } from 'node:fs/promises';

/** Clock ticks a second, in which Linux counts processor time for programs. */
const ticks = 100;

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Processor time since the process began, all its threads, in seconds. */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything; the fields begin after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields?.[11]) + Number(fields?.[12])) / ticks;
}

/** Resident memory in MiB (VmRSS), or its peak (VmHWM). */
export async function residentMiB(pid: number, which: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
  const status = await read(`/proc/${pid}/status`);
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status ?? '')?.[1]) / 1024;
}
