/** Turns the engine's events into audit events, metrics and log lines. It does not change any answer. */
import type { KoaContextWithOIDC, Provider, errors } from 'oidc-provider';
import type { AuditRecord, AuditService } from '../services/foundation/audit.ts';
import { tokenExchangeGrant } from '../services/clients/client-grants.ts';
import type { LogoutNotice } from '../services/tokens/revocation.ts';
import type { TokenUsageService } from '../services/tokens/token-usage.ts';
import { isChallenge } from './authorization-challenge.ts';
import { accessPromptName } from './interaction-policy.ts';
import { failureOf } from './logout-delivery.ts';
import { actorOf, requestContext, setRejectionReason } from './request-context.ts';
import { settingHint, type SettingHint } from './setting-hints.ts';

export interface EngineEventDependencies {
  readonly audit: AuditService;
  /** Delivers a logout notice later, if the first attempt failed. */
  readonly notify: (notice: LogoutNotice) => Promise<void>;
  readonly tokenIssued: (grantType: string) => void;
  readonly tokenUsage: Pick<TokenUsageService, 'recordUse' | 'recordRefusal'>;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

function requestFields(ctx: KoaContextWithOIDC): { readonly requestId: string; readonly clientId?: string } {
  const { requestId } = requestContext(ctx.req);
  const clientId = ctx.oidc.client?.clientId;
  return clientId === undefined ? { requestId } : { requestId, clientId };
}

/** The engine's events for rejected requests. Each name is also the message of a log line. */
const rejectionEvents = [
  'authorization.error',
  'discovery.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
  'grant.error',
  'introspection.error',
  'jwks.error',
  'pushed_authorization_request.error',
  'revocation.error',
  'userinfo.error',
] as const;

/**
 * Why a request was rejected: OAuth's code and description, which the client received, and the engine's detail, which
 * it did not. The names are those of the response (RFC 6749 §5.2).
 */
function reasonOf(error: Error | errors.OIDCProviderError) {
  return {
    error: error.message,
    error_description: 'error_description' in error ? error.error_description : undefined,
    error_detail: 'error_detail' in error ? error.error_detail : undefined,
  };
}

/** For an operator or developer: the library that the app seems to use, and the setting that fixes its mistake. */
function hintFields(hint: SettingHint | undefined): { readonly library?: string; readonly setting?: string } {
  return hint === undefined
    ? {}
    : { ...(hint.library === undefined ? {} : { library: hint.library }), setting: hint.text };
}

export function observeEngine(provider: Provider, deps: EngineEventDependencies): void {
  const { audit, notify, tokenIssued, tokenUsage, log } = deps;

  /**
   * An event handler cannot fail the request. If the event cannot be stored, the request fails when its writes are
   * sent.
   */
  function record(
    ctx: KoaContextWithOIDC,
    event: Omit<AuditRecord, 'actor' | 'address' | 'requestId'>,
    actor = event.accountId ?? 'system',
  ): void {
    audit
      .record({ ...actorOf(ctx.req, actor), ...event })
      .catch((error: unknown) =>
        log.error({ ...requestFields(ctx), err: error }, 'an audit event could not be stored'),
      );
  }

  function recordUse(ctx: KoaContextWithOIDC, grantType: string): void {
    const { client, account, entities } = ctx.oidc;
    if (client === undefined) {
      return;
    }
    const { address } = requestContext(ctx.req);
    if (grantType === tokenExchangeGrant) {
      // The caller is an API, or the server of an app. It says nothing about where the user's device is.
      tokenUsage.recordUse({ clientId: client.clientId, address });
    } else {
      const grantId = entities.Grant?.jti ?? entities.RefreshToken?.grantId ?? entities.AccessToken?.grantId;
      tokenUsage.recordUse({ clientId: client.clientId, accountId: account?.accountId, grantId, address });
    }
  }

  provider.on('grant.success', (ctx) => {
    const grantType = String(ctx.oidc.params?.['grant_type']);
    tokenIssued(grantType);
    recordUse(ctx, grantType);
    log.info({ ...requestFields(ctx), grantType, accountId: ctx.oidc.account?.accountId }, 'token issued');
  });

  for (const event of rejectionEvents) {
    provider.on(event as 'authorization.error', (ctx, error) => {
      const reason = reasonOf(error);
      if (reason.error_detail !== undefined) {
        setRejectionReason(ctx.req, reason.error_detail);
      }
      log.info(
        { ...requestFields(ctx), ...reason, ...hintFields(settingHint(ctx, error)) },
        isChallenge(ctx) ? 'authorization_challenge.error' : event,
      );
    });
  }

  provider.on('grant.error', (ctx) => {
    // Known also if it could not authenticate.
    const { client } = ctx.oidc;
    if (client !== undefined) {
      tokenUsage.recordRefusal(client.clientId);
    }
  });

  provider.on('authorization.success', (ctx) => {
    log.info({ ...requestFields(ctx), accountId: ctx.oidc.session?.accountId }, 'authorization code issued');
  });

  provider.on('interaction.started', (ctx, { name, reasons }) => {
    const { client, account } = ctx.oidc;
    if (name === accessPromptName && client !== undefined && account !== undefined) {
      const { clientId } = client;
      const { accountId } = account;
      const detail = { reason: reasons.join(' ') };
      record(ctx, { type: 'access.refused', outcome: 'failure', accountId, clientId, detail });
    }
  });

  provider.on('grant.revoked', (ctx) => {
    const { AccessToken: accessToken, RefreshToken: refreshToken, Grant: grant } = ctx.oidc.entities;
    const accountId = grant?.accountId ?? accessToken?.accountId ?? refreshToken?.accountId;
    record(ctx, {
      type: 'grant.revoked',
      outcome: 'success',
      ...requestFields(ctx),
      ...(accountId === undefined ? {} : { accountId }),
    });
  });

  provider.on('end_session.success', (ctx) => {
    const accountId = ctx.oidc.session?.accountId;
    // The engine emits this also if nobody was signed in, and if the user chose to stay signed in.
    if (accountId !== undefined && ctx.oidc.params?.['logout'] !== undefined) {
      record(ctx, { type: 'session.ended', outcome: 'success', ...requestFields(ctx), accountId });
    }
  });

  provider.on('backchannel.error', (ctx, error, client, accountId, sid) => {
    log.warn(
      { ...requestFields(ctx), clientId: client.clientId, ...failureOf(client, error) },
      'back-channel logout failed; it will be tried again',
    );
    if (accountId !== undefined && sid !== undefined) {
      notify({ clientId: client.clientId, accountId, sid }).catch((failure: unknown) =>
        log.error({ ...requestFields(ctx), err: failure }, 'a logout notice could not be stored'),
      );
    }
  });

  provider.on('server_error', (ctx, error) => {
    log.error({ ...requestFields(ctx), err: error }, 'the engine failed');
  });
}
