/** Registers all grants of the token endpoint with the engine (RFC 6749 §1.3). Each grant is a file of this folder. */
import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import type { Clock } from '../../clock.ts';
import type { ApiService } from '../../services/clients/apis.ts';
import type { AuditService } from '../../services/foundation/audit.ts';
import { tokenExchangeGrant } from '../../services/clients/client-grants.ts';
import type { RevocationService } from '../../services/tokens/revocation.ts';
import type { Revocations } from '../../services/tokens/revocations.ts';
import type { LoginSessionRepository } from '../../storage/repositories/login-sessions.ts';
import type { OidcPayloadRepository } from '../../storage/repositories/oidc-payloads.ts';
import type { RefreshFamilyRepository } from '../../storage/repositories/refresh-families.ts';
import { createAcceptAssertion } from '../assertions.ts';
import { refreshRetryWindowOf } from '../client-metadata.ts';
import { clockTolerance, instanceClockTolerance, type EngineLifetimes } from '../configuration.ts';
import type { DescribeToken } from '../introspection.ts';
import type { FindRefreshLifetimes } from '../refresh-token-lifetime.ts';
import { createReplays } from '../replays.ts';
import type { RequestedApis } from '../requested-apis.ts';
import type { TokenLifetimes } from '../resource-indicators.ts';
import { endAfterUse } from '../session-lifetime.ts';
import { authorizationCodeParameters, createAuthorizationCodeGrant } from './authorization-code.ts';
import { clientCredentialsParameters, createClientCredentialsGrant } from './client-credentials.ts';
import { createIssuing, type SessionUser } from './issuing.ts';
import { registerJwtBearerGrant } from './jwt-bearer.ts';
import { createRefreshTokenGrant, refreshTokenParameters } from './refresh-token.ts';
import { createTokenExchangeGrant, tokenExchangeParameters } from './token-exchange.ts';

type OfReplays = Parameters<typeof createReplays>[0];
type OfAssertions = Omit<Parameters<typeof createAcceptAssertion>[0], 'clockTolerance'>;

export interface GrantDependencies extends Omit<OfReplays, 'revocation'>, Omit<OfAssertions, 'payloads'> {
  readonly clock: Clock;
  readonly lifetimes: EngineLifetimes & TokenLifetimes;
  /** Seconds that a request may wait for the database. */
  readonly requestDeadline: number;
  readonly payloads: OidcPayloadRepository;
  readonly families: RefreshFamilyRepository;
  readonly sessions: LoginSessionRepository;
  readonly apis: ApiService;
  readonly requestedApis: RequestedApis;
  readonly findLifetimes: FindRefreshLifetimes;
  readonly revocation: RevocationService;
  readonly revocations: Revocations;
  readonly audit: AuditService;
}

export interface Grant {
  readonly handle: (ctx: TokenEndpointGrantContext) => Promise<void>;
  /** The parameters that it reads. */
  readonly parameters: readonly string[];
}

/** By `grant_type`: the grants of clients that authenticate as they do everywhere. */
export type Grants = ReadonlyMap<string, Grant>;

/**
 * @returns the function that registers the grants with one engine
 *   - `describeToken`: introspection with this engine's keys, for the tokens that are exchanged
 */
export function createGrantRegistration(
  deps: GrantDependencies,
): (provider: Provider, describeToken: DescribeToken) => Grants {
  const { clock, lifetimes, payloads, sessions, requestedApis, findLifetimes, revocation, audit } = deps;
  const replays = createReplays(deps);
  const acceptAssertion = createAcceptAssertion({ ...deps, clockTolerance });

  async function useSession(uid: string, { accountId, clientId }: SessionUser): Promise<Date | undefined> {
    const session = await sessions.extendWithRequest(uid, ({ signedInAt, remembered, expiresAt }) =>
      signedInAt === undefined ? expiresAt : endAfterUse(lifetimes.session, { signedInAt, remembered }, clock.now()),
    );
    const isIn = session?.authorizations.some((app) => app.clientId === clientId) === true;
    return isIn && session.accountId === accountId ? session.expiresAt : undefined;
  }

  return (provider, describeToken) => {
    const issuing = createIssuing(provider, {
      clock,
      clockTolerance: instanceClockTolerance,
      lifetimes,
      requestedApis,
      useSession,
      revocations: deps.revocations,
      removeRest: {
        ofGrant: payloads.removeByGrant,
        ofSession: revocation.endSession,
        ofAppOfSession: payloads.removeByAppOfSession,
      },
    });
    const authorizationCode = createAuthorizationCodeGrant(provider, {
      codes: deps.codes,
      issuing,
      requestedApis,
      clock,
      requestDeadline: deps.requestDeadline,
      endIssued: replays.endIssuedFrom,
    });
    const refreshToken = createRefreshTokenGrant(provider, {
      families: deps.families,
      issuing,
      requestedApis,
      findLifetimes,
      clock,
      clockTolerance: instanceClockTolerance,
      retryWindowOf: (client) => refreshRetryWindowOf(client) ?? lifetimes.refreshRetry,
      endFamily: replays.endFamily,
      reportStranger: replays.reportStranger,
    });
    const clientCredentials = createClientCredentialsGrant(provider, { apis: deps.apis, requestedApis });
    const tokenExchange = createTokenExchangeGrant(provider, { ...deps, describeToken });
    const grants: Grants = new Map([
      ['authorization_code', { handle: authorizationCode, parameters: authorizationCodeParameters }],
      ['refresh_token', { handle: refreshToken, parameters: refreshTokenParameters }],
      ['client_credentials', { handle: clientCredentials, parameters: clientCredentialsParameters }],
      [tokenExchangeGrant, { handle: tokenExchange, parameters: tokenExchangeParameters }],
    ]);
    for (const [grantType, { handle, parameters }] of grants) {
      const repeatable = grantType === tokenExchangeGrant ? ['resource', 'audience'] : ['resource'];
      provider.registerGrantType(grantType, handle, [...parameters], repeatable);
    }
    registerJwtBearerGrant(provider, { acceptAssertion, issueToken: clientCredentials, audit });
    return grants;
  };
}
