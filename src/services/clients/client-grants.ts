/** The grant types that a client may use at the token endpoint (RFC 7591 §2), from what its operator has allowed it. */
import type { ClientDocument } from '../../storage/collections.ts';

/** RFC 8693 §2.1. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** RFC 7523 §2.1. */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

type Allowed = Pick<ClientDocument, 'type' | 'authMethod' | 'mayExchange' | 'jwtBearer'>;

/**
 * The grant types of a client. Nothing beyond the defaults of its type is there unless the operator has allowed it. A
 * machine client without a secret or key can only present assertions.
 */
export function grantTypesOf({ type, authMethod, mayExchange = [], jwtBearer }: Allowed): readonly string[] {
  if (type === 'machine' && authMethod === 'none') {
    return [jwtBearerGrant];
  }
  return [
    ...(type === 'machine' ? ['client_credentials'] : ['authorization_code', 'refresh_token']),
    ...(mayExchange.length === 0 ? [] : [tokenExchangeGrant]),
    ...(jwtBearer === true ? [jwtBearerGrant] : []),
  ];
}
