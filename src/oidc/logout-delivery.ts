/** Delivers logout tokens to apps (OpenID Connect Back-Channel Logout 1.0 §2.5), and reports why a delivery failed. */
import type { Client } from 'oidc-provider';
import { DeliveryError } from '../services/mails/outbox.ts';
import type { LogoutNotice } from '../services/tokens/revocation.ts';
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

/** The address without its query, which may contain a credential of the app. */
function withoutQuery(uri: string): string {
  return uri.split('?', 1)[0] ?? '';
}

/** Where a logout token of this client was sent, and why it was not accepted: for audit and log. */
export function failureOf(
  { backchannelLogoutUri: address = '' }: Client,
  error: unknown,
): { readonly uri: string; readonly cause: string } {
  const uri = withoutQuery(address);
  return { uri, cause: causeOf(error).replaceAll(address, uri) };
}

/** @throws DeliveryError that names the client, its address and the cause, when the token was not accepted */
export async function deliverLogoutToken(client: Client, { accountId, sid }: LogoutNotice): Promise<void> {
  try {
    await sendLogoutToken(client, accountId, sid);
  } catch (error) {
    const { clientId } = client;
    const { uri, cause } = failureOf(client, error);
    throw new DeliveryError(
      `the back-channel logout of client ${clientId} at ${uri} failed: ${cause}`,
      { clientId, detail: { uri, cause } },
      { cause: error },
    );
  }
}
