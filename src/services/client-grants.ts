/** The grant types that a client may use at the token endpoint (RFC 7591 §2), from what its operator has allowed it. */
import type { ClientDocument } from '../storage/collections.ts';

/** RFC 8693 §2.1. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

type Allowed = Pick<ClientDocument, 'type' | 'mayExchange'>;

/** The grant types of a client. Nothing beyond the defaults of its type is there unless the operator has allowed it. */
export function grantTypesOf({ type, mayExchange = [] }: Allowed): readonly string[] {
  return [
    ...(type === 'machine' ? ['client_credentials'] : ['authorization_code', 'refresh_token']),
    ...(mayExchange.length === 0 ? [] : [tokenExchangeGrant]),
  ];
}
