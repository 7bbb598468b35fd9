/** Delivers logout tokens to apps (OpenID Connect Back-Channel Logout 1.0 §2.5), and says why one was not accepted. */
import type { Client } from 'oidc-provider';
import type { LogoutNotice } from '../services/revocation.ts';
import { sendLogoutToken } from './engine-internals.ts';

/** The messages of an error and of what caused it: `fetch` itself says only that it failed. */
export function causeOf(error: unknown): string {
  const messages: string[] = [];
  for (let one: unknown = error; one instanceof Error && messages.length < 5;) {
    const inner: unknown = one instanceof AggregateError ? one.errors[0] : one.cause;
    messages.push(one.message || one.name);
    one = inner;
  }
  return messages.length === 0 ? String(error) : [...new Set(messages.filter((text) => text !== ''))].join(': ');
}

/** @throws Error that names the client, its address and the cause, when the token was not accepted */
export async function deliverLogoutToken(client: Client, { accountId, sid }: LogoutNotice): Promise<void> {
  try {
    await sendLogoutToken(client, accountId, sid);
  } catch (error) {
    throw new Error(
      `the back-channel logout of client ${client.clientId} at ${client.backchannelLogoutUri ?? ''} failed: ${causeOf(error)}`,
      { cause: error },
    );
  }
}
