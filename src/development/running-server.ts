/**
 * Finds the development server of a data folder, for commands and examples in another terminal. They know the folder,
 * but not the `PORT` or `ISSUER` of the server. The server writes a file when it is ready and removes it when it stops.
 * A file that a killed server has left is ignored.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { maskAddress } from '../connection-strings.ts';
import { readIfThere, replaceFile } from './private-files.ts';

/** The content of the file. Nothing secret. */
const runningServer = z.object({
  pid: z.number().int().positive(),
  issuer: z.url(),
  /** The address on which it listens. `ISSUER` may be the address of a proxy or tunnel. */
  listensAt: z.url(),
  /** The database that it uses, without credentials. */
  database: z.string(),
});

export type RunningServer = Readonly<z.infer<typeof runningServer>>;

/** Milliseconds to wait for a response of a process on this machine. */
const answerWithinMs = 1000;

function pathOf(dataDir: string): string {
  return join(dataDir, 'running-server.json');
}

/** The address of a server on this machine. For a server that listens on all addresses it is at `localhost`. */
export function localAddress(host: string, port: number): string {
  const name = ['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function parse(content: string | undefined): RunningServer | undefined {
  try {
    return runningServer.safeParse(JSON.parse(content ?? 'null')).data;
  } catch {
    return undefined;
  }
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/healthz', address), { signal: AbortSignal.timeout(answerWithinMs) });
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Writes the file for this process. With two servers on the same folder, the last one to start replaces the file.
 * @returns a function that removes the file, unless another server has replaced it.
 * @throws ConfigurationError when the folder cannot be written
 */
export async function noteRunningServer(
  dataDir: string,
  { issuer, listensAt, databaseUrl }: Pick<RunningServer, 'issuer' | 'listensAt'> & { readonly databaseUrl: string },
): Promise<() => void> {
  const note: RunningServer = { pid: process.pid, issuer, listensAt, database: maskAddress(databaseUrl) };
  await replaceFile(pathOf(dataDir), `${JSON.stringify(note, null, 2)}\n`);
  return () => {
    try {
      if (parse(readFileSync(pathOf(dataDir), 'utf8'))?.pid === process.pid) {
        rmSync(pathOf(dataDir), { force: true });
      }
    } catch {
      // The folder was removed, and the file with it.
    }
  };
}

/**
 * Finds the server that runs with this folder; undefined if there is none. The file is only used if its process exists
 * and answers at its address, so the file of a killed server is ignored. The caller must check the database.
 */
export async function findRunningServer(dataDir: string): Promise<RunningServer | undefined> {
  const note = parse(await readIfThere(pathOf(dataDir)));
  return note !== undefined && isProcess(note.pid) && (await answers(note.listensAt)) ? note : undefined;
}

/** Whether the running server uses the database with this URL; credentials and options are not compared. */
export function usesDatabase({ database }: RunningServer, databaseUrl: string): boolean {
  return database === maskAddress(databaseUrl);
}
