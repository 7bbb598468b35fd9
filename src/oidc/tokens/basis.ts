/**
 * What the validity of a user's token depends on: the grant, and the login session for a token that ends with it. An
 * access token carries what a check needs of them, so that a check reads the token's document alone. Whoever ends a
 * session, a grant or a user removes these documents. The end by time is carried, too: after the earlier end, as it was
 * known when the token was issued, the grant and the session are read again, because both can be extended.
 */
import type { Grant } from 'oidc-provider';
import { epochSeconds, type Clock } from '../../clock.ts';
import type { LoginSessionRepository } from '../../storage/repositories/login-sessions.ts';
import type { OidcPayloadRepository, Payload } from '../../storage/repositories/oidc-payloads.ts';
import { versionIn } from '../credentials-version.ts';

export interface Basis {
  /** The version of the user's credentials that were proved. Undefined: the token does not depend on them. */
  readonly credentialsVersion?: number | undefined;
  /** The scopes about the user that the user has allowed, separated by spaces. */
  readonly scope?: string | undefined;
  /** The claims that the user has allowed individually (OpenID Connect Core §5.5). */
  readonly claims?: readonly string[] | undefined;
}

/** As an access token's document stores it. */
interface CarriedBasis extends Basis {
  /** Seconds since the epoch. Until then, neither the grant nor the session ends by time. */
  readonly until: number;
}

/** The member of an access token's payload. */
const member = 'basis';

/** Whose basis it is. */
export interface BasisOf {
  readonly accountId: string;
  readonly clientId: string;
  readonly grantId: string;
  /** Present if the token ends with this login session. */
  readonly sessionUid?: string | undefined;
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Adds the basis to the payload of a new access token. Without it, each check reads the grant and the session. A token
 * on the grant of another client (token exchange) does not get it: what ends that client's grants does not find it.
 * @param grant the grant of the request
 * @param sessionEnd the current end of the token's login session, in seconds since the epoch; undefined if the request
 *   has not read the session
 */
export function withBasis<T extends Payload>(payload: T, grant: Grant | undefined, sessionEnd: number | undefined): T {
  const endsWithSession = payload['expiresWithSession'] === true;
  if (
    grant?.clientId !== payload['clientId'] ||
    grant?.exp === undefined ||
    grant.jti !== payload['grantId'] ||
    (endsWithSession && sessionEnd === undefined)
  ) {
    return payload;
  }
  const carried: CarriedBasis = {
    until: endsWithSession && sessionEnd !== undefined ? Math.min(grant.exp, sessionEnd) : grant.exp,
    credentialsVersion: versionIn(grant),
    scope: grant.getOIDCScope(),
    claims: grant.getOIDCClaims(),
  };
  return { ...payload, [member]: carried };
}

export interface BasisReader {
  /** The basis in the payload of an access token, if it can be relied on at this moment. */
  carriedBy(payload: Payload): Basis | undefined;
  /** Reads the grant, and the login session if there is one. Undefined if one of them has ended. */
  read(token: BasisOf): Promise<Basis | undefined>;
}

export function createBasisReader(deps: {
  readonly payloads: Pick<OidcPayloadRepository, 'find'>;
  readonly sessions: Pick<LoginSessionRepository, 'findByUid'>;
  readonly clock: Clock;
}): BasisReader {
  const { payloads, sessions, clock } = deps;

  async function hasSession({ accountId, clientId, grantId, sessionUid }: BasisOf): Promise<boolean> {
    if (sessionUid === undefined) {
      return true;
    }
    const session = await sessions.findByUid(sessionUid);
    const app = session?.authorizations.find((authorization) => authorization.clientId === clientId);
    return session?.accountId === accountId && app?.grantId === grantId;
  }

  return {
    carriedBy: (payload) => {
      const carried = payload[member];
      return isObject(carried) && Number(carried['until']) > epochSeconds(clock) ? carried : undefined;
    },

    read: async (token) => {
      const [found, sessionIsThere] = await Promise.all([payloads.find('Grant', token.grantId), hasSession(token)]);
      const grant = found?.payload;
      if (
        grant === undefined ||
        !sessionIsThere ||
        grant['clientId'] !== token.clientId ||
        grant['accountId'] !== token.accountId ||
        Number(grant['exp']) <= epochSeconds(clock)
      ) {
        return undefined;
      }
      const { scope, claims }: Basis = isObject(grant['openid']) ? grant['openid'] : {};
      return { credentialsVersion: versionIn(grant), scope, claims };
    },
  };
}
