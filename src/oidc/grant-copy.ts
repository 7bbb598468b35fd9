/**
 * What codes and refresh tokens know of their grant, so that their use need not read it: what the user allowed, and the
 * version of the credentials under which that was. Whoever ends a grant removes its codes and tokens, and whoever takes
 * something away from it takes it away from the copies, too (storage/repositories/oidc-payloads.ts).
 */
import { errors, type Grant, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import type { Payload } from '../storage/repositories/oidc-payloads.ts';
import { credentialsVersionIn } from './credentials-version.ts';
import { instanceOf, validateGrant } from './engine-internals.ts';

/** The member of a stored code or refresh token that holds the copy. */
export interface WithGrantCopy {
  readonly grant: object;
}

/** What a code that is issued under this grant stores of it. */
export function copyOfGrant(grant: Grant, clock: Clock): WithGrantCopy {
  // A grant that this request has made does not know its end.
  const { openid, resources, rejected, exp = epochSeconds(clock) + grant.expiration } = grant;
  return { grant: { openid, resources, rejected, exp, ...credentialsVersionIn(grant) } };
}

/**
 * The grant of a stored code or refresh token: from its copy, or else, for those of earlier versions, as it is stored.
 * @throws InvalidGrant if it has none, or its grant has expired
 */
export async function grantOf(
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  source: Payload,
  clock: Clock,
): Promise<Grant> {
  const { grant: copy, grantId, accountId, clientId } = source;
  if (typeof copy !== 'object' || copy === null) {
    return validateGrant(provider, ctx, String(grantId));
  }
  if ('exp' in copy && Number(copy.exp) <= epochSeconds(clock)) {
    throw new errors.InvalidGrant('grant is expired');
  }
  return instanceOf(provider.Grant, { jti: String(grantId) }, { ...copy, accountId, clientId });
}
