/**
 * Ends login sessions, grants, consents, and everything of a client, an API or a user. Not here: what is used once
 * (`consume` in repositories/oidc-payloads.ts), and what expires. Each end is announced (revocations.ts) before
 * anything is removed: the announcement ends JWTs, which are not stored, and if the removal fails, it can be repeated.
 * Who removes a record (a client, an API, a consent) ends what hangs on it before that, so that the removal can be
 * repeated after a failure, and again after it, for what was issued meanwhile.
 * Apps get back-channel logout notices through the outbox, so that the notices are sent even if a command-line process
 * ended the session.
 */
import type { ConsentRepository } from '../../storage/repositories/consents.ts';
import type { LoginSession, LoginSessionRepository } from '../../storage/repositories/login-sessions.ts';
import type { OidcPayloadRepository } from '../../storage/repositories/oidc-payloads.ts';
import type { PasskeyRepository } from '../../storage/repositories/passkeys.ts';
import type { PersonalAccessTokenRepository } from '../../storage/repositories/personal-access-tokens.ts';
import type { RecoveryCodeRepository } from '../../storage/repositories/recovery-codes.ts';
import type { RememberedDeviceRepository } from '../../storage/repositories/remembered-devices.ts';
import type { SecondFactorRepository } from '../../storage/repositories/second-factors.ts';
import type { TokenUsageRepository } from '../../storage/repositories/token-usage.ts';
import type { OneTimeLinks } from '../mails/one-time-links.ts';
import type { UpstreamLinkRepository } from '../../storage/repositories/upstream-links.ts';
import type { Revocations } from './revocations.ts';

/** What an app is notified of when a login ends (OpenID Connect Back-Channel Logout §2.4). */
export interface LogoutNotice {
  readonly clientId: string;
  readonly accountId: string;
  /** The session's id as this client knows it, the `sid` claim. */
  readonly sid: string;
}

export interface RevocationService {
  /**
   * Ends a login session, the tokens bound to it, and the grants made in it that were not for offline access.
   * @param options.handled clients whose grants the caller has ended and that already have their logout notice
   * @param options.offlineAccess whether the grants for offline access end, too
   * @returns true for exactly one of several callers
   */
  endSession(uid: string, options?: EndOfSession): Promise<boolean>;
  /**
   * Ends what an app has from a login session that it leaves: its tokens and codes that end with the session, and what
   * they were exchanged for. The session, other apps, and what the app has with offline access stay. Called before the
   * session is stored without the app, so that it is repeated when the user signs out again after a failure.
   * @param sid the part of the app in the session; a new one when the user returns to the app
   */
  endAppOfSession(uid: string, sid: string): Promise<void>;
  /** Ends every login session of a user, optionally except one; returns how many. */
  endSessions(accountId: string, options?: { readonly except?: string }): Promise<number>;
  /**
   * Ends what a user's apps and scripts have got at this time or later, also in login sessions that have ended: grants
   * with every token under them, and personal access tokens.
   */
  endIssuedSince(accountId: string, since: Date): Promise<void>;
  /** Ends a grant and every token under it. */
  endGrant(grantId: string): Promise<void>;
  /**
   * Ends the access tokens that were issued from a code, directly, by a refresh or by a token exchange. Its documents
   * are removed by the caller.
   */
  endCode(codeId: string): Promise<void>;
  /** Ends a JWT access token by its `jti`; its grant, and the other tokens under it, do not end. */
  endToken(jti: string): Promise<void>;
  /** Ends every grant of one user to one client. */
  endConsent(accountId: string, clientId: string): Promise<void>;
  /** Ends every grant of one user to one client, and notifies the client that the user's logins have ended. */
  endAppOfUser(accountId: string, clientId: string): Promise<void>;
  /** Ends everything ever issued to a client. */
  endClient(clientId: string): Promise<void>;
  /** Ends every token for an API and every grant that allows it, and removes it from the stored consents. */
  endApi(api: string): Promise<void>;
  /** Removes what was stored for an API during {@link RevocationService.endApi}, before it exists again. */
  removeRestOfApi(api: string): Promise<void>;
  /** Ends every token for an API that has one of these scopes, and removes the scopes from grants and consents. */
  endScopes(api: string, scopes: readonly string[]): Promise<void>;
  /** Ends every token of a client for an API, and removes the API from the client's grants and stored consents. */
  endApiOfClient(clientId: string, api: string): Promise<void>;
  /** Removes what was stored during {@link RevocationService.endApiOfClient}, before the client has the API again. */
  removeRestOfApiOfClient(clientId: string, api: string): Promise<void>;
  /** Ends a personal access token. @returns true for exactly one of several callers */
  endPersonalAccessToken(tokenId: string): Promise<boolean>;
  /** Takes an API from every personal access token, and ends those that are for no other API. */
  endPersonalAccess(api: string): Promise<void>;
  /**
   * Ends everything of a user: sessions, grants, tokens, personal access tokens, codes, one-time links and remembered
   * devices, and on request stored consents and second factors.
   */
  endUser(accountId: string, options?: Partial<EndOfUser>): Promise<void>;
}

/** How a login session ends. */
export interface EndOfSession {
  readonly handled?: ReadonlySet<string> | undefined;
  readonly offlineAccess?: boolean | undefined;
}

/** What ends with a user besides the rest. */
export interface EndOfUser {
  /** Whether stored consents, passkeys and second factors end, too: the user is being deleted. */
  readonly forgetConsents: boolean;
  /** Whether personal access tokens stay. */
  readonly keepPersonalAccessTokens?: boolean;
  /** Whether one-time links stay. */
  readonly keepOneTimeLinks?: boolean;
  /** The `uid` of a login session that stays. The grants and tokens of its apps end. */
  readonly exceptSession?: string | undefined;
  /**
   * Ways to sign in that were added at this time or later end, too: passkeys, second factors, recovery codes and links
   * to other providers.
   */
  readonly addedSince?: Date | undefined;
}

export function createRevocationService(deps: {
  readonly payloads: OidcPayloadRepository;
  readonly sessions: LoginSessionRepository;
  readonly consents: ConsentRepository;
  readonly oneTimeLinks: Pick<OneTimeLinks, 'endWithCredentials'>;
  readonly passkeys: Pick<PasskeyRepository, 'removeByUser'>;
  readonly personalAccessTokens: PersonalAccessTokenRepository;
  readonly usage: Pick<TokenUsageRepository, 'removeByUser' | 'removeByClient'>;
  readonly secondFactors: Pick<SecondFactorRepository, 'removeByUser'>;
  readonly recoveryCodes: Pick<RecoveryCodeRepository, 'remove'>;
  readonly rememberedDevices: Pick<RememberedDeviceRepository, 'removeByUser'>;
  readonly upstreamLinks: Pick<UpstreamLinkRepository, 'removeByUser'>;
  readonly announce: Revocations['announce'];
  /** Puts a notice into the outbox immediately; once, however often it is called for the same login. */
  readonly notify: (notice: LogoutNotice) => Promise<void>;
}): RevocationService {
  const { payloads, sessions, consents, oneTimeLinks, passkeys, personalAccessTokens, usage, announce, notify } = deps;

  const announceGrants = (ids: readonly string[]): Promise<void> => announce(ids.map((id) => `grant:${id}` as const));

  async function endGrant(grantId: string): Promise<void> {
    await announceGrants([grantId]);
    await payloads.removeByGrant(grantId);
  }

  /** Ends what the apps of a session have from it, and stores their notices. */
  async function endApps(
    { accountId, authorizations }: LoginSession,
    { handled, offlineAccess = false }: EndOfSession,
  ): Promise<void> {
    for (const { clientId, sid, grantId, persistsLogout } of authorizations) {
      if (handled?.has(clientId) === true) {
        continue;
      }
      if (grantId !== undefined && (offlineAccess || !persistsLogout)) {
        await endGrant(grantId);
      }
      if (accountId !== undefined && sid !== undefined) {
        await notify({ clientId, accountId, sid });
      }
    }
  }

  async function endSession(uid: string, options: EndOfSession = {}): Promise<boolean> {
    await announce([`session:${uid}`]);
    // The session last: it has the list of what ends with it, which a repetition needs.
    const session = await sessions.take(uid, async (current) => {
      await payloads.removeBySession(uid);
      await endApps(current, options);
    });
    // Again, for what was issued meanwhile, and if there is no session any more because an attempt has failed here.
    await payloads.removeBySession(uid);
    return session !== null;
  }

  async function endSessions(accountId: string, except?: string): Promise<number> {
    let ended = 0;
    for (const { uid } of await sessions.listByUser(accountId)) {
      if (uid !== except && (await endSession(uid))) {
        ended += 1;
      }
    }
    return ended;
  }

  async function endConsent(accountId: string, clientId: string): Promise<void> {
    await announceGrants(await payloads.listGrantIds(accountId, { clientId }));
    await payloads.removeByUserAndClient(accountId, clientId);
  }

  async function endPersonalAccessToken(tokenId: string): Promise<boolean> {
    await announce([`token:${tokenId}`]);
    return personalAccessTokens.remove(tokenId);
  }

  /** Takes an API, or these of its scopes, from personal access tokens, and announces those that have nothing left. */
  function removePersonalAccess(api: string, scopes?: readonly string[]): Promise<void> {
    return personalAccessTokens.removeApi(api, ({ tokenId }) => announce([`token:${tokenId}`]), scopes);
  }

  /** @param since only those that were added at this time or later */
  async function removeWaysToSignIn(accountId: string, since?: Date): Promise<void> {
    await passkeys.removeByUser(accountId, since);
    await deps.secondFactors.removeByUser(accountId, since);
    await deps.recoveryCodes.remove(accountId, since);
    await deps.upstreamLinks.removeByUser(accountId, since);
  }

  async function removeApi(api: string): Promise<void> {
    // Consents first: a new grant would start from them.
    await consents.removeApi(api);
    await payloads.removeByApi(api, announceGrants);
    await removePersonalAccess(api);
  }

  async function removeApiOfClient(clientId: string, api: string): Promise<void> {
    await consents.removeApi(api, { clientId });
    await payloads.removeApiOfClient(clientId, api);
  }

  return {
    endPersonalAccessToken,
    endPersonalAccess: async (api) => {
      await announce([`personal-access:${api}`]);
      await removePersonalAccess(api);
    },
    endSession,
    endAppOfSession: async (uid, sid) => {
      await announce([`session:${sid}`]);
      await payloads.removeByAppOfSession(uid, sid);
    },
    endIssuedSince: async (accountId, since) => {
      const grantIds = await payloads.listGrantIds(accountId, { since });
      await announceGrants(grantIds);
      for (const grantId of grantIds) {
        await payloads.removeByGrant(grantId);
      }
      for (const { tokenId, createdAt } of await personalAccessTokens.listByUser(accountId)) {
        if (createdAt.getTime() >= since.getTime()) {
          await endPersonalAccessToken(tokenId);
        }
      }
    },
    endSessions: (accountId, { except } = {}) => endSessions(accountId, except),
    endGrant,
    endCode: (codeId) => announce([`code:${codeId}`]),
    endToken: (jti) => announce([`token:${jti}`]),
    endConsent,
    endAppOfUser: async (accountId, clientId) => {
      await endConsent(accountId, clientId);
      for (const { authorizations } of await sessions.listByUser(accountId)) {
        const sid = authorizations.find((authorization) => authorization.clientId === clientId)?.sid;
        if (sid !== undefined) {
          await notify({ clientId, accountId, sid });
        }
      }
    },
    endClient: async (clientId) => {
      await announce([`client:${clientId}`]);
      await payloads.removeByClient(clientId);
      await consents.removeByClient(clientId);
      await usage.removeByClient(clientId);
    },
    endApi: async (api) => {
      await announce([`api:${api}`]);
      await removeApi(api);
    },
    removeRestOfApi: removeApi,
    endScopes: async (api, scopes) => {
      await announce(scopes.map((scope) => `scope:${api} ${scope}` as const));
      await consents.removeApi(api, { scopes });
      await payloads.removeScopes(api, scopes);
      await removePersonalAccess(api, scopes);
    },
    endApiOfClient: async (clientId, api) => {
      await announce([`client-api:${clientId} ${api}`]);
      await removeApiOfClient(clientId, api);
    },
    removeRestOfApiOfClient: removeApiOfClient,
    endUser: async (
      accountId,
      {
        forgetConsents = false,
        keepPersonalAccessTokens = false,
        keepOneTimeLinks = false,
        exceptSession,
        addedSince,
      } = {},
    ) => {
      if (addedSince !== undefined) {
        // First, so that the sessions that were started with them are found.
        await removeWaysToSignIn(accountId, addedSince);
      }
      await endSessions(accountId, exceptSession);
      await announceGrants(await payloads.listGrantIds(accountId));
      await payloads.removeByUser(accountId, { exceptSession });
      for (const { tokenId } of keepPersonalAccessTokens ? [] : await personalAccessTokens.listByUser(accountId)) {
        await endPersonalAccessToken(tokenId);
      }
      if (!keepOneTimeLinks) {
        await oneTimeLinks.endWithCredentials(accountId);
      }
      await deps.rememberedDevices.removeByUser(accountId);
      if (forgetConsents) {
        await removeWaysToSignIn(accountId);
        await consents.removeByUser(accountId);
        await usage.removeByUser(accountId);
      }
    },
  };
}
