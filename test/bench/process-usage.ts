/** Processor time and memory of processes, from Linux's /proc; on other systems the results are NaN. */
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

/** The child processes that the main thread of a process started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = (await read(`/proc/${pid}/task/${pid}/children`))?.trim() ?? '';
  return children === '' ? [] : children.split(' ').map(Number);
}

/** The process id of a server that a shell started: the last of the first children. */
export async function serverPid(pid: number): Promise<number> {
  const [child] = await childrenOf(pid);
  return child === undefined ? pid : serverPid(child);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Processor time of all threads since the process started, and that of its children, in seconds. Children that exited
 * count from the moment that the process waited for them.
 */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name, in parentheses, may contain spaces; the fields begin after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = sum([11, 12, 13, 14].map((index) => Number(fields?.[index]))) / ticksPerSecond;
  const children = await childrenOf(pid);
  const running = await Promise.all(children.map(processorSeconds));
  // A child that exited after the first read is missing until the next call.
  return own + sum(running.filter((seconds) => !Number.isNaN(seconds)));
}

/** Resident memory in MiB (VmRSS), or its peak (VmHWM). */
export async function residentMiB(pid: number, which: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
  const status = await read(`/proc/${pid}/status`);
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status ?? '')?.[1]) / 1024;
}

/** Memory of a process and its children in MiB; a page that several of them share (Pss) counts once. */
export async function sharedMiB(pid: number): Promise<number> {
  const rollup = await read(`/proc/${pid}/smaps_rollup`);
  const own = Number(/^Pss:\s+(\d+) kB/m.exec(rollup ?? '')?.[1]) / 1024;
  return own + sum(await Promise.all((await childrenOf(pid)).map(sharedMiB)));
}
