/** Delivers logout tokens to apps (OpenID Connect Back-Channel Logout 1.0 §2.5), and reports why a delivery failed. */
import type { Client } from 'oidc-provider';
import type { LogoutNotice } from '../services/revocation.ts';
import { sendLogoutToken } from './engine-internals.ts';

/** The messages of an error and its causes: `fetch` itself reports only that it failed. */
export function causeOf(error: unknown): string {
  const messages: string[] = [];
  for (let current: unknown = error; current instanceof Error && messages.length < 5;) {
    const cause: unknown = current instanceof AggregateError ? current.errors[0] : current.cause;
    messages.push(current.message || current.name);
    current = cause;
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
