/**
 * Every collection: the shape of its documents, its indexes, and whether its documents expire. Fields that are searched
 * are top-level scalars; everything else may be nested. No secret is stored in clear: a field named `…Digest` or an
 * `_id` described as a digest is SHA-256 (or HMAC for short values), and a field named `sealed…` is encrypted with
 * AES-256-GCM under a key that is not in the database.
 */
import type { CollectionDefinition, Document } from './database.ts';

/** A user. `_id` is the `sub` of their tokens: random, never reassigned. */
export interface UserDocument extends Document {
  /** As the user wrote it. */
  readonly email: string;
  /** Normalised for comparison (services/users/users.ts): unique. */
  readonly emailKey: string;
  readonly emailVerified: boolean;
  /** PHC string of argon2id; absent until a password is set by a one-time link. */
  readonly passwordHash?: string;
  readonly passwordChangedAt?: Date;
  /** The user's first sign-in. Absent: there was none yet. */
  readonly firstSignInAt?: Date;
  /**
   * Increased by each change that makes earlier sign-ins invalid, such as a new password. Sessions, grants, links and
   * device cookies carry the value at their creation, and are invalid when the user's value differs. Absent: 0.
   */
  readonly credentialsVersion?: number;
  /** True when an operator has verified the phone number in the profile; otherwise absent. */
  readonly phoneNumberVerified?: boolean;
  readonly role: 'user' | 'administrator';
  readonly disabled: boolean;
  /** Standard claims of OIDC Core §5.1, snake_case. */
  readonly profile: Readonly<Record<string, string | { readonly [key: string]: string }>>;
  /** When the user is deleted, because they asked for it (services/users/account-deletion.ts). Disabled until then. */
  readonly deletionDueAt?: Date | undefined;
  /** When the user asked for it. Absent also if an operator has disabled the user since. */
  readonly deletionRequestedAt?: Date | undefined;
  /** Names of the groups that the user belongs to. Absent: none. */
  readonly groups?: readonly string[];
  /** Which of them came with which link to another provider, and end with it (services/users/user-groups.ts). */
  readonly linkGroups?: readonly { readonly linkId: string; readonly groups: readonly string[] }[];
  /** When the user accepted or skipped the offer of a passkey. Absent: it was not made yet. */
  readonly passkeyOfferedAt?: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type ClientType = 'web' | 'browser' | 'native' | 'machine';

/** When an authorization request must contain a PKCE challenge: always, unless it has a nonce, or never. */
export type PkcePolicy = 'required' | 'or-nonce' | 'optional';

/** One valid secret of a client. */
export interface ClientSecret {
  readonly id: string;
  /** SHA-256, base64url: the secret itself has 256 random bits. */
  readonly digest: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
}

/** What a client may exchange (RFC 8693): its tokens of one API for tokens of another one, with these scopes. */
export interface TokenExchange {
  /** Identifier of the API that the presented token is for. */
  readonly from: string;
  /** Identifier of the API that the new token is for. */
  readonly to: string;
  /** The scopes of `to` that the new token may have. */
  readonly scopes: readonly string[];
}

/** An app. `_id` is the `client_id`. */
export interface ClientDocument extends Document {
  readonly name: string;
  readonly type: ClientType;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly authMethod: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  readonly grantTypes: readonly string[];
  /** Identifiers of the APIs whose scopes this client may ask for. */
  readonly apis: readonly string[];
  readonly secrets: readonly ClientSecret[];
  /** The client's public keys, a JWK Set as JSON text. */
  readonly jwks?: string;
  readonly idTokenAlg: 'ES256' | 'RS256';
  /** Absent: the default of its type (services/clients/client-leniencies.ts). */
  readonly pkce?: PkcePolicy;
  /** The API of a scope that several of its APIs have, when a request names none. One of `apis`. */
  readonly defaultApi?: string;
  /** A developer's app: it may return users to a loopback address by plain http, in production, too. */
  readonly development?: boolean;
  /** It may be redirected to private-use schemes without a dot, such as `audiobookshelf://oauth`. */
  readonly allowPrivateScheme?: boolean;
  /** What its assertions may name as `aud` besides the issuer. Absent: nothing. */
  readonly assertionAudience?: 'issuer' | 'token-endpoint';
  /** A first-party app that may sign users in without a browser. */
  readonly challengeEndpoint?: boolean;
  /** A machine that may present an assertion instead of its secret (RFC 7523 §2.1). */
  readonly jwtBearer?: boolean;
  /** Seconds in which it may repeat a refresh. Absent: the server's default. */
  readonly refreshRetryWindow?: number;
  /** Seconds that its access tokens live at most. Absent: as long as their API says. */
  readonly accessTokenLifetime?: number;
  /** Seconds that its refresh tokens live at most, without use and in total. Absent: as the server's settings say. */
  readonly refreshIdle?: number;
  readonly refreshAbsolute?: number;
  /** Which tokens it may exchange for which others. Absent: none. */
  readonly mayExchange?: readonly TokenExchange[];
  /** A machine: claims of its own tokens (services/values/token-claims.ts). Absent: none. */
  readonly claims?: readonly { readonly name: string; readonly value: string }[];
  /** Scopes without which it does not work: users cannot refuse only these. Absent: none. */
  readonly requiredScopes?: readonly string[];
  /** Names of the groups whose members may sign in to it. Absent: every user may. */
  readonly groups?: readonly string[];
  /** The operator trusts it: users are not asked for consent. */
  readonly firstParty: boolean;
  readonly logo?: string;
  readonly color?: string;
  /** Links on the consent page: the app's site, its privacy policy, its terms. https. */
  readonly clientUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  /** The address at which the app starts a sign-in itself (OpenID Connect Core §4). */
  readonly initiateLoginUri?: string;
  /** A new random value at each change: caches of what is built from a client use it as their key. */
  readonly revision: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * An issuer of workload identities, such as a cluster or a CI service, and a client that its workloads may act as.
 * `_id` is the client's id, a space, and the issuer.
 */
export interface WorkloadIssuerDocument extends Document {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly clientId: string;
  /** Patterns of the `sub` of its tokens (services/values/subject-patterns.ts). */
  readonly subjects: readonly string[];
  /** The `aud` of its tokens. Absent: this server's issuer or token endpoint. */
  readonly audience?: string;
  /** Its public keys, a JWK Set as JSON text. Absent: they are fetched. */
  readonly jwks?: string;
  /** Whether each of its tokens works once, by its `jti`. */
  readonly singleUse?: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An API (resource server). `_id` is its identifier, the `resource` of RFC 8707 and the `aud` of its tokens. */
export interface ApiDocument extends Document {
  /**
   * The address for comparisons (services/values/resource-key.ts): unique. Absent in documents of earlier versions,
   * which did not compare addresses and may have two with the same one.
   */
  readonly resourceKey?: string;
  readonly name: string;
  readonly tokenFormat: 'jwt' | 'opaque';
  /** The signature of its JWT access tokens. Absent: ES256. */
  readonly tokenAlg?: 'ES256' | 'RS256';
  /** Whether introspection of its tokens leaves out the user's email address, `username` (RFC 7662 §2.2). */
  readonly hideUsername?: boolean;
  /** Whether users may make personal access tokens for it. Absent: no. */
  readonly personalTokens?: boolean;
  /** Seconds; absent means the default of its format. */
  readonly tokenLifetime?: number;
  /** Seconds that refresh tokens for it live at most, without use and in total. Absent: as the settings say. */
  readonly refreshIdle?: number;
  readonly refreshAbsolute?: number;
  /** Scope value and a description for users, in the operator's order. */
  readonly scopes: readonly { readonly value: string; readonly description: string }[];
  /** The scopes that only members of certain groups can grant. A scope that is not in the list: every user can. */
  readonly scopeGroups?: readonly { readonly scope: string; readonly groups: readonly string[] }[];
  /** The claims about the user in its access tokens: `field` is the standard claim. Absent: none. */
  readonly claims?: readonly { readonly name: string; readonly field: string }[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a user has allowed an app, kept longer than the session. `_id` is a digest of user id and client id. */
export interface ConsentDocument extends Document {
  readonly accountId: string;
  readonly clientId: string;
  /** Space-separated scopes about the user (services/clients/apis.ts). */
  readonly scopes: string;
  /** Space-separated claims that were allowed individually (OpenID Connect Core §5.5). Absent: none. */
  readonly claims?: string;
  /** API identifier and space-separated scopes. */
  readonly resources: readonly { readonly api: string; readonly scopes: string }[];
  /** Space-separated scopes about the user that the user refused when the rest was allowed. Absent: none. */
  readonly refusedScopes?: string;
  /** The same for scopes of APIs. */
  readonly refusedResources?: readonly { readonly api: string; readonly scopes: string }[];
  /** When it ends, if the user chose that. Absent: it does not end by time. */
  readonly endsAt?: Date;
  /** Offline access was allowed before. The user is asked each time; this only shows that it is not new. */
  readonly offlineAccess?: boolean;
  readonly grantedAt: Date;
  readonly updatedAt: Date;
}

/**
 * What the engine stores: grants, codes, tokens, interactions, login sessions, used assertion ids. `_id` is the digest
 * of the value that its holder sends. For a login session it is the `uid`, which is never sent by a browser.
 */
export interface OidcPayloadDocument extends Document {
  readonly model: string;
  /**
   * The engine's payload as JSON without `jti`, of tokens and codes also without what the fields below say; encrypted
   * for models that contain another secret value.
   */
  readonly payload: string;
  readonly sealed: boolean;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  /** The `uid` of the login session with which this ends. */
  readonly sessionUid?: string;
  /** The part of its app in that session, with which it ends, too. */
  readonly sid?: string;
  /** Login sessions: digest of the cookie's value. */
  readonly handleDigest?: string;
  /** Login sessions: increased by each replacement. A replacement applies only to the version that was read. */
  readonly version?: number;
  /** Outside the payload, so that saving the model again cannot clear it. */
  readonly consumedAt?: Date;
  /** Pushed authorization requests: a random value of the request that has used it, which so can undo its own use. */
  readonly use?: string;
  /** The id of the document of the code that this was issued from, directly, by a refresh or by a token exchange. */
  readonly familyId?: string;
  /**
   * The whole response to the request that used a code, or the latest one that used a refresh token, for a repeat of
   * that request. Encrypted with a key from the presented value itself, of which only the digest is stored.
   */
  readonly sealedResponse?: string;
  /** Codes: the response to the first request did not leave the server. */
  readonly responseLost?: boolean;
  /** Refresh tokens: the digest of the current token of the family. Absent: the first one, whose digest is `_id`. */
  readonly currentDigest?: string;
  /** Refresh tokens: the digest of the token that the current one replaced. It was used at `consumedAt`. */
  readonly previousDigest?: string;
  /** Refresh tokens that end with a login session: when it was looked up last, and its end as it was then. */
  readonly sessionReadAt?: Date;
  readonly sessionEndsAt?: Date;
  /** Refresh tokens that an earlier version has replaced: the id of the successor's document. */
  readonly successorId?: string;
  /** Login sessions: the browser's `User-Agent` header at sign-in. */
  readonly userAgent?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A signing key. `_id` is the `kid`. Its state follows from these times and the clock. */
export interface SigningKeyDocument extends Document {
  readonly alg: 'ES256' | 'RS256';
  /** Public JWK as JSON text. */
  readonly publicJwk: string;
  readonly sealedPrivateJwk: string;
  readonly createdAt: Date;
  /** It signs from this time, until a newer key of its algorithm does. */
  readonly signsFrom: Date;
  /** It is no longer published from this time. Set when a newer key is made. */
  readonly retiresAt?: Date;
}

/** A counter of attempts. `_id` is an HMAC of what is counted: a user, an address block, or the pair. */
export interface LoginAttemptDocument extends Document {
  readonly failures: number;
  readonly nextAllowedAt: Date;
  /** Attempts in progress, whose outcome is not known. Absent: 0. */
  readonly pending?: number;
  /** From this time, attempts in progress are considered lost: the process that handled them has ended. */
  readonly pendingUntil?: Date;
  readonly expiresAt: Date;
}

/** A security-relevant event. Inserted and never changed. */
export interface AuditEventDocument extends Document {
  readonly at: Date;
  readonly type: string;
  readonly outcome: 'success' | 'failure';
  readonly accountId?: string;
  readonly clientId?: string;
  /** Who did it: a user's id, `system`, or `command line`. */
  readonly actor: string;
  readonly address?: string;
  readonly requestId?: string;
  /** The browser's `User-Agent` header. */
  readonly userAgent?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  readonly expiresAt: Date;
}

/** A message to deliver, or delivered: a mail, a request for one, or a back-channel logout request to an app. */
export interface OutboxDocument extends Document {
  readonly kind: 'mail' | 'backchannel_logout' | 'password_reset' | 'sign_in_mail' | 'sign_up' | 'provider_sign_up';
  readonly status: 'waiting' | 'sent' | 'failed';
  /** The message as JSON. Encrypted because a mail contains one-time links. */
  readonly sealedMessage: string;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  /** Reserved for one worker until this time. */
  readonly lockedUntil?: Date;
  readonly lastError?: string;
  readonly createdAt: Date;
  readonly sentAt?: Date;
  readonly expiresAt: Date;
}

/** What a one-time link is for. services/mails/one-time-links.ts has the rules of each. */
export type LinkPurpose =
  | 'set-password'
  | 'invitation'
  | 'confirm-email'
  | 'change-email'
  | 'undo-email'
  | 'sign-in'
  | 'sign-up'
  | 'provider-sign-up'
  | 'new-device'
  | 'undo-deletion';

/** A one-time link, and the code that can be entered instead of opening it. `_id` is the digest of its token. */
export interface OneTimeTokenDocument extends Document {
  readonly purpose: LinkPurpose;
  /** The purpose, a space, and the user's id, or the address if there is no user yet. */
  readonly subject: string;
  readonly accountId?: string;
  /** The user's `credentialsVersion` when the link was made. Absent: 0. */
  readonly credentialsVersion?: number;
  /** The user's normalised address when the link was made. */
  readonly emailKey?: string;
  /** The normalised address to which the link was mailed. Absent when the link was shown elsewhere, too. */
  readonly mailedTo?: string;
  /** Facts of the purpose, none of them secret. */
  readonly data?: Readonly<Record<string, string>>;
  /** HMAC of who may enter the code: the browser that asked for it, or the subject. Absent: no code, no binding. */
  readonly holderMac?: string;
  /** True if the link, too, works only in the browser that asked for it. */
  readonly bound?: true;
  /** HMAC of the code. */
  readonly codeMac?: string;
  readonly codeExpiresAt?: Date;
  /** Reserved for one request until this time: what the link is for is being done. */
  readonly claimedUntil?: Date;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A token that a user made for a script. `_id` is the digest of its value. */
export interface PersonalAccessTokenDocument extends Document {
  /** Its id on pages, in commands and in the audit, the `jti` of introspection. It gives no access. */
  readonly tokenId: string;
  readonly accountId: string;
  /** As the user wrote it. */
  readonly name: string;
  /** API identifier and space-separated scopes. Never empty. */
  readonly resources: readonly { readonly api: string; readonly scopes: string }[];
  readonly createdAt: Date;
  /** When APIs or scopes were last taken from it. A change applies only to the value that was read. */
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  /** When its user is to be notified of the expiry. Removed before the mail is sent, so that there is one mail. */
  readonly remindAt?: Date;
  readonly lastUsedAt?: Date;
  /** The API that asked about it last. */
  readonly lastUsedApi?: string;
  /** The address block of the caller, if the API named the caller's address. */
  readonly lastUsedFrom?: string;
  /** The address blocks from which it was used, in the order of their first use. */
  readonly addressBlocks: readonly string[];
  /** Increased with each new block. A change applies only to the list that was read. */
  readonly addressBlockCount: number;
  /** A new random value with each new block, by which a request that fails finds its own. */
  readonly addressBlockUse?: string;
  /** When its user was last notified of a new address block. */
  readonly newBlockMailAt?: Date;
  readonly firstUsedAt?: Date;
  /** The number of its uses, up to a minute late. Absent: none. */
  readonly useCount?: number;
}

/** A passkey of a user: a WebAuthn credential. `_id` is its id on pages, in commands and in the audit. */
export interface PasskeyDocument extends Document {
  readonly accountId: string;
  /** Chosen by the authenticator, base64url: unique. It is not a secret. */
  readonly credentialId: string;
  /** A COSE_Key, base64url. */
  readonly publicKey: string;
  /** The signature counter of the last use (WebAuthn §6.1.1). Always 0 for authenticators without one. */
  readonly counter: number;
  /** How browsers may reach the authenticator (`internal`, `usb`, `hybrid`, …), as it said. */
  readonly transports: readonly string[];
  /** The model of the authenticator as it said, not verified. Absent if it did not say. */
  readonly aaguid?: string;
  /** Whether it can be synchronised to other devices (WebAuthn §6.1.3). Never changes. */
  readonly backupEligible: boolean;
  /** Whether it was synchronised or backed up when it was last used. */
  readonly backedUp: boolean;
  /** As the user wrote it, else the name of its model. */
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
  /** It is not accepted from this time, because its counter went back: it may have been copied. */
  readonly blockedAt?: Date;
}

/** A second factor of a user: an app that shows codes (TOTP, RFC 6238). Passkeys have their own collection. */
export interface SecondFactorDocument extends Document {
  readonly accountId: string;
  readonly kind: 'totp';
  /** As the user wrote it. */
  readonly name: string;
  /** The seed, encrypted; it must be read back to compute the codes. */
  readonly sealedSeed: string;
  /** The time step of the latest code that was accepted: this and earlier codes are rejected (RFC 6238 §5.2). */
  readonly lastStep: number;
  /** A new random value at each use, by which a request that fails finds its own use. */
  readonly lastUse?: string;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
}

/** The recovery codes of a user. `_id` is the user's id. */
export interface RecoveryCodesDocument extends Document {
  /** HMACs of the codes that were not used yet. */
  readonly codeDigests: readonly string[];
  /** A new random value at each change. A change applies only to the value that was read. */
  readonly revision: string;
  readonly createdAt: Date;
}

/** A browser in which a user is not asked for a second factor. `_id` is the digest of its cookie's value. */
export interface RememberedDeviceDocument extends Document {
  /** Its id on pages. It gives no access. */
  readonly deviceId: string;
  readonly accountId: string;
  /** The user's `credentialsVersion` at that login. If the user has another one now, the device is not remembered. */
  readonly credentialsVersion: number;
  /** The browser's `User-Agent` header. */
  readonly userAgent?: string;
  /** The address block of the browser. */
  readonly from?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * When, how often and from where tokens were used. `_id` is `grant:` and the id of a grant, for the refresh tokens of
 * an app for a user, or `client:` and the id of a client.
 */
export interface TokenUsageDocument extends Document {
  readonly clientId: string;
  /** The user of the grant. */
  readonly accountId?: string;
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
  /** The address block of the last use. Of a client, only where it acts in its own name. */
  readonly lastUsedFrom?: string;
  readonly count: number;
  /** The latest address blocks. */
  readonly addressBlocks: readonly string[];
  /** The number of address blocks, with those that the list does not have any more. */
  readonly addressBlockCount: number;
  readonly expiresAt: Date;
}

/**
 * Another identity provider with which users may sign in. `_id` is its name in addresses: it is a part of the redirect
 * URI.
 */
export interface UpstreamDocument extends Document {
  /** What the button on the sign-in page calls it. */
  readonly name: string;
  readonly protocol: 'oidc' | 'oauth2';
  /** OpenID Connect: the issuer, whose endpoints are discovered. */
  readonly issuer?: string;
  /** OAuth 2: its endpoints. */
  readonly authorizationEndpoint?: string;
  readonly tokenEndpoint?: string;
  readonly userinfoEndpoint?: string;
  /** OAuth 2: where the addresses of the user are, if userinfo does not say whether they are verified (GitHub). */
  readonly emailsEndpoint?: string;
  readonly clientId: string;
  readonly authMethod: 'client_secret_basic' | 'client_secret_post' | 'apple' | 'none';
  /** The client secret. Of Apple: the private key that signs one. */
  readonly sealedSecret?: string;
  /** Apple: the `iss` and the `kid` of the client secret. */
  readonly appleTeamId?: string;
  readonly appleKeyId?: string;
  readonly scopes: readonly string[];
  /** Further parameters of the authorization request. */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  /** The icon of its button: a file of `views/assets/providers`. */
  readonly icon?: 'apple' | 'github' | 'gitlab' | 'google' | 'microsoft';
  /** Whether an unknown person gets an account at the first sign-in. */
  readonly createUsers: boolean;
  /** Whether a person whose address is not trusted can make an account, after confirming the address by mail. */
  readonly confirmAddresses?: boolean;
  /** Domains whose addresses it may vouch for. `*`: every domain. */
  readonly authoritativeFor: readonly string[];
  /** Our claim, and the claim of the provider that it is read from. */
  readonly claims: readonly { readonly name: string; readonly from: string }[];
  /** A group there, and the group here whose member the user becomes. `*` and `*`: every group, by its name. */
  readonly groups: readonly { readonly from: string; readonly to: string }[];
  /** Whether its `amr` counts here. */
  readonly trustAmr?: boolean;
  /** An `acr` of the provider, and the class of this server that it stands for. */
  readonly acrs: readonly { readonly from: string; readonly to: string }[];
  /** Whether a sign-in with it confirms who the user is, although it does not report when the user signed in. */
  readonly trustReauthentication?: boolean;
  /** Whether signing out here signs the user out there. */
  readonly signOut?: boolean;
  /** A new random value at each change. */
  readonly revision: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The account that a person at another provider signs in to. `_id` is a digest of the provider and the subject. */
export interface UpstreamLinkDocument extends Document {
  readonly upstreamId: string;
  /** The `sub` of the person at the provider, or what stands for it. */
  readonly subject: string;
  readonly accountId: string;
  /** The address that the provider gave at the latest sign-in. Only shown: it is not trusted. */
  readonly email?: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

/** A sign-in with another provider that is not complete. `_id` is the digest of its `state`. */
export interface UpstreamFlowDocument extends Document {
  readonly upstreamId: string;
  /** What it belongs to in this browser, with its `nonce` and PKCE verifier (services/upstream/upstream-flows.ts). */
  readonly sealedContent: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * The account that is signed in with a session of another provider, which may end that session by back-channel logout.
 * `_id` is a digest of the provider and its `sid`.
 */
export interface UpstreamSessionDocument extends Document {
  readonly upstreamId: string;
  readonly accountId: string;
  readonly expiresAt: Date;
}

/** A change about which the other instances must know; each instance polls them. Inserted and never changed. */
export interface ChangeDocument extends Document {
  readonly at: Date;
  readonly kind: 'signing-keys' | 'client' | 'api' | 'upstream' | 'revocation';
  /** What changed; for a revocation, what ended (services/tokens/revocations.ts). */
  readonly subject: string;
  readonly expiresAt: Date;
}

/** Single facts about this installation: migrations carried out, the first-run set-up. */
export interface InstallationDocument extends Document {
  readonly value: string;
  readonly at: Date;
}

// An index for a list ends with `_id`, the last key of every sort. Otherwise MongoDB sorts the whole collection.
function define<T extends Document>(definition: CollectionDefinition<T>): CollectionDefinition<T> {
  return definition;
}

export const users = define<UserDocument>({
  name: 'accounts', // stored under the name that earlier versions gave it
  indexes: [
    { fields: ['emailKey'], unique: true },
    { fields: ['createdAt', '_id'] },
    { fields: ['deletionDueAt'], sparse: true },
  ],
  expires: false,
});
export const clients = define<ClientDocument>({
  name: 'clients',
  indexes: [{ fields: ['createdAt', '_id'] }],
  expires: false,
});
export const workloadIssuers = define<WorkloadIssuerDocument>({
  name: 'workload_issuers',
  indexes: [{ fields: ['clientId'] }],
  expires: false,
});
export const apis = define<ApiDocument>({
  name: 'apis',
  indexes: [{ fields: ['resourceKey'], unique: true, sparse: true }],
  expires: false,
});
export const consents = define<ConsentDocument>({
  name: 'consents',
  indexes: [{ fields: ['accountId'] }, { fields: ['clientId'] }, { fields: ['endsAt'], sparse: true }],
  expires: false,
});
export const oidcPayloads = define<OidcPayloadDocument>({
  name: 'oidc_payloads',
  indexes: [
    { fields: ['grantId'], sparse: true },
    { fields: ['accountId', 'model'], sparse: true },
    { fields: ['clientId', 'model'], sparse: true },
    { fields: ['sessionUid'], sparse: true },
    { fields: ['handleDigest'], sparse: true },
  ],
  expires: true,
});
export const signingKeys = define<SigningKeyDocument>({ name: 'signing_keys', indexes: [], expires: false });
export const loginAttempts = define<LoginAttemptDocument>({ name: 'login_attempts', indexes: [], expires: true });
export const auditEvents = define<AuditEventDocument>({
  name: 'audit_events',
  indexes: [
    { fields: ['at', '_id'] },
    { fields: ['accountId', 'at', '_id'], sparse: true },
    { fields: ['clientId', 'at', '_id'], sparse: true },
  ],
  expires: true,
});
export const outbox = define<OutboxDocument>({
  name: 'outbox',
  indexes: [{ fields: ['kind', 'status', 'nextAttemptAt'] }, { fields: ['createdAt', '_id'] }],
  expires: true,
});
export const oneTimeTokens = define<OneTimeTokenDocument>({
  name: 'one_time_tokens',
  indexes: [{ fields: ['accountId'] }, { fields: ['subject'] }, { fields: ['holderMac'], sparse: true }],
  expires: true,
});
export const personalAccessTokens = define<PersonalAccessTokenDocument>({
  name: 'personal_access_tokens',
  indexes: [
    { fields: ['tokenId'], unique: true },
    { fields: ['accountId', 'createdAt', '_id'] },
    { fields: ['createdAt', '_id'] },
    { fields: ['remindAt'], sparse: true },
  ],
  expires: true,
});
export const passkeys = define<PasskeyDocument>({
  name: 'passkeys',
  indexes: [{ fields: ['credentialId'], unique: true }, { fields: ['accountId', 'createdAt', '_id'] }],
  expires: false,
});
export const secondFactors = define<SecondFactorDocument>({
  name: 'second_factors',
  indexes: [{ fields: ['accountId'] }],
  expires: false,
});
export const recoveryCodes = define<RecoveryCodesDocument>({ name: 'recovery_codes', indexes: [], expires: false });
export const rememberedDevices = define<RememberedDeviceDocument>({
  name: 'remembered_devices',
  indexes: [{ fields: ['accountId'] }],
  expires: true,
});
export const tokenUsage = define<TokenUsageDocument>({
  name: 'token_usage',
  indexes: [{ fields: ['accountId'], sparse: true }, { fields: ['clientId'] }],
  expires: true,
});
export const upstreams = define<UpstreamDocument>({ name: 'upstreams', indexes: [], expires: false });
export const upstreamLinks = define<UpstreamLinkDocument>({
  name: 'upstream_links',
  indexes: [{ fields: ['accountId'] }, { fields: ['upstreamId'] }],
  expires: false,
});
export const upstreamFlows = define<UpstreamFlowDocument>({ name: 'upstream_flows', indexes: [], expires: true });
export const upstreamSessions = define<UpstreamSessionDocument>({
  name: 'upstream_sessions',
  indexes: [{ fields: ['accountId'] }],
  expires: true,
});
export const changes = define<ChangeDocument>({
  name: 'changes',
  indexes: [{ fields: ['at'] }, { fields: ['subject'] }],
  expires: true,
});
export const installation = define<InstallationDocument>({ name: 'installation', indexes: [], expires: false });

/** All collections, for `Database.prepare` at start. Where documents expire there is also an index on `expiresAt`. */
export const allCollections = [
  users,
  clients,
  workloadIssuers,
  apis,
  consents,
  oidcPayloads,
  signingKeys,
  loginAttempts,
  auditEvents,
  outbox,
  oneTimeTokens,
  personalAccessTokens,
  passkeys,
  secondFactors,
  recoveryCodes,
  rememberedDevices,
  tokenUsage,
  upstreams,
  upstreamLinks,
  upstreamFlows,
  upstreamSessions,
  changes,
  installation,
] as const;
