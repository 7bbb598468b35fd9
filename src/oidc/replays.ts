/** What happens when a code or a refresh token is used by somebody who should not have it any more. */
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { StorageUnavailableError } from '../errors.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import type { RevocationService } from '../services/tokens/revocation.ts';
import type { UserMails } from '../services/mails/user-mails.ts';
import type { UserService } from '../services/users/users.ts';
import type { OidcPayloadDocument } from '../storage/collections.ts';
import type { AuthorizationCodeRepository, StoredCode } from '../storage/repositories/authorization-codes.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import type { RefreshFamily } from '../storage/repositories/refresh-families.ts';
import type { ReplayReason } from './grants/refresh-token.ts';
import { actorOf } from './request-context.ts';

export interface Replays {
  /** Ends the grant of a stolen refresh token: everything that the app has from that login. The user gets a mail. */
  endFamily(ctx: TokenEndpointGrantContext, family: RefreshFamily, reason: ReplayReason): Promise<void>;
  /** Records for the user that another client has presented a refresh token that was not used. It stays valid. */
  reportStranger(ctx: TokenEndpointGrantContext, family: RefreshFamily): Promise<void>;
  /** Ends what was issued from a code that was used twice (RFC 6749 §4.1.2). */
  endIssuedFrom(ctx: TokenEndpointGrantContext, code: StoredCode): Promise<void>;
}

export function createReplays(deps: {
  readonly codes: AuthorizationCodeRepository;
  readonly revocation: Pick<RevocationService, 'endGrant' | 'endCode'>;
  readonly audit: AuditService;
  readonly users: Pick<UserService, 'find'>;
  readonly clients: Pick<ClientRepository, 'find'>;
  readonly userMails: Pick<UserMails, 'sendAppAccessEnded'>;
}): Replays {
  const { codes, revocation, audit, users, clients, userMails } = deps;

  async function record(
    ctx: TokenEndpointGrantContext,
    { accountId, clientId }: OidcPayloadDocument,
    detail: Readonly<Record<string, string>>,
  ): Promise<void> {
    await audit.record({
      ...actorOf(ctx.req, accountId ?? 'system'),
      type: 'token.replayed',
      outcome: 'failure',
      ...(accountId === undefined ? {} : { accountId }),
      ...(clientId === undefined ? {} : { clientId }),
      detail,
    });
  }

  async function notifyUser({ accountId = '', clientId = '' }: OidcPayloadDocument, grantId: string): Promise<void> {
    const [user, client] = await Promise.all([users.find(accountId), clients.find(clientId)]);
    if (user !== null && client !== null) {
      await userMails.sendAppAccessEnded(user, client, grantId);
    }
  }

  return {
    endFamily: async (ctx, { document }, reason) => {
      const { grantId } = document;
      if (grantId !== undefined) {
        // Before the end, after which nothing would find out that the mail is missing. A repeat stores it, unless it
        // cannot be made at all: then the family must end without it.
        try {
          await notifyUser(document, grantId);
        } catch (error) {
          if (!(error instanceof StorageUnavailableError)) {
            await revocation.endGrant(grantId);
          }
          throw error;
        }
        await revocation.endGrant(grantId);
      }
      await record(ctx, document, { kind: 'refresh_token', reason });
    },

    reportStranger: (ctx, { document }) =>
      record(ctx, document, { kind: 'refresh_token', reason: 'presented by another client' }),

    endIssuedFrom: async (ctx, code) => {
      await revocation.endCode(code.document._id);
      await codes.removeIssued(code);
      await record(ctx, code.document, { kind: 'authorization_code' });
    },
  };
}
