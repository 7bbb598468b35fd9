/**
 * JWT access tokens of this server (RFC 9068). They are not stored: their content is read from the token itself, after
 * its signature was verified, once for each token and set of keys (../verified-jwts.ts). A token of a user names its
 * grant, and without offline access its login session: it is valid only while both exist, and revoking it ends the
 * grant with all its tokens. A machine's token ends alone.
 */
import type { JWK, JWTPayload } from 'jose';
import { epochSeconds, type Clock } from '../../clock.ts';
import type { RevocationService } from '../../services/tokens/revocation.ts';
import { readOrigin } from './origin.ts';
import { createOwnJwtVerifier } from '../own-jwts.ts';
import type { BasisReader } from './basis.ts';
import { appSessionClaim, grantClaim, sessionClaim } from './grant-claims.ts';
import { text } from './stored-tokens.ts';
import { words } from '../space-separated.ts';
import { rememberVerified } from '../verified-jwts.ts';
import type { TokenKind } from './token-kind.ts';

/** Text with two dots. Values of stored tokens have none. */
function looksLikeJwt(value: string): boolean {
  return value.split('.', 4).length === 3;
}

/** The claims of an access token of this server that every one of them has, or undefined for another JWT. */
function readClaims(issuer: string, { iss, aud, sub, exp, iat, jti, client_id: clientId, ...others }: JWTPayload) {
  return iss === issuer &&
    typeof aud === 'string' &&
    typeof sub === 'string' &&
    typeof clientId === 'string' &&
    typeof jti === 'string' &&
    iat !== undefined &&
    exp !== undefined
    ? { aud, sub, exp, iat, jti, clientId, others }
    : undefined;
}

/** @param deps.keys the published public keys: no valid token was signed by an older one */
export function createJwtAccessTokens(deps: {
  readonly issuer: string;
  readonly keys: readonly JWK[];
  readonly basis: BasisReader;
  readonly revocation: Pick<RevocationService, 'endGrant' | 'endToken'>;
  readonly clock: Clock;
}): TokenKind {
  const { issuer, basis, revocation, clock } = deps;
  const verify = rememberVerified(createOwnJwtVerifier(deps.keys));
  return {
    recognizes: looksLikeJwt,

    find: async (value) => {
      const { header, payload = {} } = (await verify(value)) ?? {};
      const claims = header?.typ === 'at+jwt' ? readClaims(issuer, payload) : undefined;
      if (claims === undefined || claims.exp <= epochSeconds(clock)) {
        return undefined;
      }
      const { aud, sub, exp, iat, jti, clientId } = claims;
      const { scope, [grantClaim]: grant, [sessionClaim]: session, [appSessionClaim]: sid, ...others } = claims.others;
      const ofMachine = sub === clientId;
      const [grantId, sessionUid] = [text(grant), text(session)];
      const { grantClientId, patId, codeId } = readOrigin(others);
      if (!ofMachine && grantId === undefined && patId === undefined) {
        return undefined;
      }
      return {
        clientId,
        accountId: ofMachine ? undefined : sub,
        audience: [aud],
        scopes: words(scope),
        issuedAt: iat,
        expiresAt: exp,
        jti,
        grantId,
        sessionUid,
        sid: text(sid),
        exchangedFor: patId,
        codeId,
        members: { ...others, token_type: 'Bearer' },
        basis: async () =>
          grantId === undefined
            ? {}
            : basis.read({ accountId: sub, clientId: grantClientId ?? clientId, grantId, sessionUid }),
        // By token exchange, a client holds a token on the grant of another one.
        revoke: () =>
          grantId === undefined || grantClientId !== undefined
            ? revocation.endToken(jti)
            : revocation.endGrant(grantId),
        revokeAlone: () => revocation.endToken(jti),
      };
    },
  };
}
