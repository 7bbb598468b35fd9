/**
 * A login storm: five times as many sign-ins as the server can hash, sent at a constant rate that does not wait for
 * answers (F4). The excess must be rejected at once, the rest must succeed, and other requests must not become slow.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { beginSignIn, type OpenSignIn } from './flows.ts';
import { openHttpClient, type HttpClient } from './http-client.ts';
import { residentMiB } from './process-usage.ts';
import { clientCredentialsJwt, hammer } from './scenarios.ts';
import { password, users } from './setup.ts';
import type { Target } from './targets.ts';

export interface LoginStormMeasured {
  /** Password hashes per second of the machine, with the concurrency of the server. */
  readonly hashes: number;
  /** Sign-ins per second that were sent, and that succeeded. */
  readonly sent: number;
  readonly succeeded: number;
  readonly rejected: number;
  /** Milliseconds until a rejection, at the 99th percentile. */
  readonly rejectedP99: number;
  /** Rejections without a status of 429 or 503, or without `Retry-After`. */
  readonly wrongRejections: number;
  /** Milliseconds: JWT requests of machine clients before and during the storm, at the 99th percentile. */
  readonly idleP99: number;
  readonly stormP99: number;
  /** Milliseconds from the end of the storm until a sign-in succeeds. */
  readonly recovery: number;
  /** Resident memory that the storm added, in MiB. */
  readonly addedMiB: number;
}

/** Hashes that the server computes at the same time. The machine has two cores, and the client needs one. */
export const stormConcurrency = 1;
/** How many times the hash rate is sent. */
const overload = 5;
/** Milliseconds after which a server that has not recovered is not waited for. */
const maxRecoveryMs = 20_000;
/** A low, constant load of machine clients that request a JWT. */
const lowLoad = { connections: 4, overallRate: 50 };

interface Visitor {
  readonly client: HttpClient;
  readonly email: string;
  page: OpenSignIn;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** One visitor for each user, from an address of their own, with the sign-in page open. */
async function openVisitors(target: Target): Promise<Visitor[]> {
  const visitors: Visitor[] = [];
  for (const [index, { email }] of users.entries()) {
    const client = openHttpClient(target.port, `198.18.${index >> 8}.${index & 255}`);
    visitors.push({ client, email, page: await beginSignIn(client, target) });
  }
  return visitors;
}

/** @param hashes per second, measured on the same machine */
export async function measureLoginStorm(target: Target, hashes: number, seconds: number): Promise<LoginStormMeasured> {
  const jwt = () => hammer(target, clientCredentialsJwt(target), { ...lowLoad, duration: seconds });
  const { p99: idleP99 } = await jwt();
  const visitors = await openVisitors(target);
  const idle = [...visitors];
  const memory = await residentMiB(target.pid);
  const rejections: number[] = [];
  let [sent, succeeded, wrongRejections] = [0, 0, 0];

  async function visit(visitor: Visitor): Promise<void> {
    const form = new URLSearchParams({ csrf: visitor.page.csrf, email: visitor.email, password }).toString();
    const began = performance.now();
    const { status, headers } = await visitor.client.send(visitor.page.action, { form });
    if (status === 303) {
      succeeded += 1;
      visitor.page = await beginSignIn(visitor.client, target);
    } else {
      rejections.push(performance.now() - began);
      wrongRejections += (status === 429 || status === 503) && headers['retry-after'] !== undefined ? 0 : 1;
    }
    idle.push(visitor);
  }

  const began = performance.now();
  const storming: Promise<void>[] = [];
  const meanwhile = jwt();
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - began) / 1000) {
    while (sent < elapsed * hashes * overload) {
      const visitor = idle.shift();
      if (visitor === undefined) {
        break;
      }
      sent += 1;
      storming.push(visit(visitor));
    }
    await delay(2);
  }
  const lasted = (performance.now() - began) / 1000;
  const { p99: stormP99 } = await meanwhile;
  const addedMiB = (await residentMiB(target.pid)) - memory;
  const during = { sent: sent / lasted, succeeded: succeeded / lasted };
  const ended = performance.now();
  await Promise.all(storming);
  const afterwards = succeeded;
  while (succeeded === afterwards && performance.now() - ended < maxRecoveryMs) {
    await visit(visitors[0] as Visitor);
  }
  const recovery = performance.now() - ended;
  visitors.forEach(({ client }) => client.close());
  return {
    hashes,
    ...during,
    rejected: rejections.length / lasted,
    rejectedP99: percentile(rejections, 0.99),
    wrongRejections,
    idleP99,
    stormP99,
    recovery,
    addedMiB,
  };
}
