/**
 * The JWT bearer grant (RFC 7523 §2.1): a machine presents an assertion instead of a secret, and gets what the client
 * credentials grant would give it. The assertion is verified where other clients authenticate, so that only a verified
 * request counts as one of this client. A client may authenticate as well (RFC 7521 §4.1). An assertion of another
 * issuer is no client authentication (§2.2): its subject is the workload, not the client.
 */
import { errors, type KoaContextWithOIDC, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import type { AuditService } from '../../services/foundation/audit.ts';
import { jwtBearerGrant } from '../../services/clients/client-grants.ts';
import { AssertionRejected, claimedIssuer, type AcceptAssertion, type AcceptedAssertion } from '../assertions.ts';
import { replaceTokenAuthentication } from '../engine-internals.ts';
import { createRejectedAssertions } from '../rejected-assertions.ts';
import { actorOf } from '../request-context.ts';
import { clientCredentialsParameters } from './client-credentials.ts';

/**
 * Registers the grant.
 * @param deps.issueToken the client credentials grant, for the client of the request
 */
export function registerJwtBearerGrant(
  provider: Provider,
  deps: {
    readonly acceptAssertion: AcceptAssertion;
    readonly issueToken: (ctx: TokenEndpointGrantContext) => Promise<void>;
    readonly audit: Pick<AuditService, 'record'>;
  },
): void {
  const { acceptAssertion, issueToken, audit } = deps;
  const accepted = new WeakMap<object, AcceptedAssertion>();
  const recordRejected = createRejectedAssertions(audit);

  function assertionOf({ oidc }: KoaContextWithOIDC): string {
    const assertion = oidc.params?.['assertion'];
    if (typeof assertion !== 'string' || assertion === '') {
      throw new errors.InvalidRequest("missing required parameter(s): 'assertion'");
    }
    return assertion;
  }

  function sendsCredentials({ headers, oidc }: KoaContextWithOIDC): boolean {
    return (
      headers.authorization !== undefined ||
      ['client_secret', 'client_assertion'].some((name) => oidc.params?.[name] !== undefined)
    );
  }

  async function accept(ctx: KoaContextWithOIDC): Promise<void> {
    const assertion = assertionOf(ctx);
    // A client that asserts for itself need not name itself: it is the issuer.
    const named = ctx.oidc.params?.['client_id'] ?? claimedIssuer(assertion);
    const client = ctx.oidc.client ?? (typeof named === 'string' ? await provider.Client.find(named) : undefined);
    try {
      if (client === undefined || !client.grantTypeAllowed(jwtBearerGrant)) {
        throw new AssertionRejected('client_id is not that of a client that presents assertions');
      }
      accepted.set(ctx, await acceptAssertion(assertion, client));
    } catch (error) {
      if (error instanceof AssertionRejected) {
        const { reason } = error;
        await recordRejected(ctx, { clientId: client?.clientId, issuer: claimedIssuer(assertion), reason });
      }
      throw error;
    }
    if (ctx.oidc.client === undefined) {
      ctx.oidc.entity('Client', client);
    }
  }

  replaceTokenAuthentication(provider, async (ctx, next, authenticate) => {
    if (ctx.oidc.params?.['grant_type'] !== jwtBearerGrant) {
      await authenticate(ctx, next);
    } else if (sendsCredentials(ctx)) {
      await authenticate(ctx, async () => {
        await accept(ctx);
        await next();
      });
    } else {
      await accept(ctx);
      await next();
    }
  });

  async function jwtBearer(ctx: TokenEndpointGrantContext): Promise<void> {
    const assertion = accepted.get(ctx);
    const { client } = ctx.oidc;
    if (assertion === undefined || client === undefined) {
      throw new TypeError('the assertion of this request was not verified');
    }
    await issueToken(ctx);
    if (assertion.ofWorkload) {
      const { issuer, subject, jti } = assertion;
      await audit.record({
        ...actorOf(ctx.req, client.clientId),
        type: 'assertion.accepted',
        outcome: 'success',
        clientId: client.clientId,
        detail: { issuer, subject, ...(jti === undefined ? {} : { jti }) },
      });
    }
  }

  provider.registerGrantType(jwtBearerGrant, jwtBearer, ['assertion', ...clientCredentialsParameters], ['resource']);
}
