/** An audit event as JSON. `at` has milliseconds, unlike times in OAuth, since the order within a second matters. */
import type { AuditEventDocument } from '../storage/collections.ts';

export function presentAuditEvent(event: AuditEventDocument): Readonly<Record<string, unknown>> {
  const { _id, at, type, outcome, accountId, clientId, actor, address, requestId, userAgent, detail } = event;
  return {
    id: _id,
    at: at.toISOString(),
    type,
    outcome,
    ...(accountId === undefined ? {} : { sub: accountId }),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    actor,
    ...(address === undefined ? {} : { address }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    ...(detail === undefined ? {} : { detail }),
  };
}
