/**
 * Every collection: the shape of its documents, its indexes, and whether its documents expire. Facts that are searched
 * are top-level scalar fields; everything else may be nested. Nothing in here is a bearer value in clear: a field
 * named `…Digest` or an `_id` described as a digest is SHA-256 (or HMAC for short values), a field named `sealed…` is
 * AES-256-GCM under a key that is not in the database.
 */
import type { CollectionDefinition, Document } from './database.ts';

/** A person. `_id` is the `sub` of their tokens: random, never reassigned. */
export interface UserDocument extends Document {
  /** As the person wrote it. */
  readonly email: string;
  /** Normalised for comparison (services/users.ts): unique. */
  readonly emailKey: string;
  readonly emailVerified: boolean;
  /** PHC string of argon2id; absent until a password is set by a one-time link. */
  readonly passwordHash?: string;
  readonly passwordChangedAt?: Date;
  /**
   * Raised by each change after which earlier proof of identity must no longer count, such as a new password. Sessions,
   * grants, links and device cookies carry the value they were made under, and are dead under another. Absent: 0.
   */
  readonly credentialsVersion?: number;
  /** Present and true: an operator made sure of the phone number in the profile. */
  readonly phoneNumberVerified?: boolean;
  readonly role: 'user' | 'administrator';
  readonly disabled: boolean;
  /** Standard claims of OIDC Core §5.1, snake_case. */
  readonly profile: Readonly<Record<string, string | { readonly [key: string]: string }>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type ClientType = 'web' | 'browser' | 'native' | 'machine';

/** One live secret of a client. */
export interface ClientSecret {
  readonly id: string;
  /** SHA-256, base64url: the secret itself has 256 random bits. */
  readonly digest: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
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
  /** The operator vouches for it: consent is not asked. */
  readonly firstParty: boolean;
  readonly logo?: string;
  readonly color?: string;
  /** Pages that people may open from the consent page: its site, its privacy policy, its terms. https. */
  readonly clientUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  /** Where the app begins a sign-in of its own (OpenID Connect Core §4). */
  readonly initiateLoginUri?: string;
  /** Another random value at each change: what is made from a client is kept by it. */
  readonly revision: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An API (resource server). `_id` is its identifier, the `resource` of RFC 8707 and the `aud` of its tokens. */
export interface ApiDocument extends Document {
  readonly name: string;
  readonly tokenFormat: 'jwt' | 'opaque';
  /** Seconds; absent means the default of its format. */
  readonly tokenLifetime?: number;
  /** Scope value and what it means to a person, in the operator's order. */
  readonly scopes: readonly { readonly value: string; readonly description: string }[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a person has allowed an app, remembered beyond the session. `_id` is a digest of account and client. */
export interface ConsentDocument extends Document {
  readonly accountId: string;
  readonly clientId: string;
  /** Space-separated OIDC scopes. */
  readonly scopes: string;
  /** API identifier and space-separated scopes. */
  readonly resources: readonly { readonly api: string; readonly scopes: string }[];
  /** Offline access was allowed at some time. It is asked for each time, so this only says that it is not new. */
  readonly offlineAccess?: boolean;
  readonly grantedAt: Date;
  readonly updatedAt: Date;
}

/**
 * What the engine stores: grants, codes, tokens, interactions, login sessions, used assertion ids. `_id` is the digest of
 * the value that its holder presents; a login session's is its `uid`, which nobody presents.
 */
export interface OidcPayloadDocument extends Document {
  readonly model: string;
  /** The engine's payload as JSON without `jti`; sealed for models that hold another bearer value inside. */
  readonly payload: string;
  readonly sealed: boolean;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  /** Of the login session that this lives and dies with. */
  readonly sessionUid?: string;
  /** Login sessions: digest of the value in the cookie. */
  readonly handleDigest?: string;
  /** Login sessions: raised by each replacement; what a replacement is guarded by. */
  readonly version?: number;
  /** Outside the payload, so that saving the model again cannot clear it. */
  readonly consumedAt?: Date;
  /** Refresh tokens: the id of the document that took this one's place when it was consumed. */
  readonly successorId?: string;
  /** Login sessions: what the browser said of itself when the person signed in. */
  readonly userAgent?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A key that signs. `_id` is the `kid`. Its state follows from these moments and the clock. */
export interface SigningKeyDocument extends Document {
  readonly alg: 'ES256' | 'RS256';
  /** Public JWK as JSON text. */
  readonly publicJwk: string;
  readonly sealedPrivateJwk: string;
  readonly createdAt: Date;
  /** From then on it signs, unless a newer key of its algorithm does. */
  readonly signsFrom: Date;
  /** From then on it is no longer published; set when a newer key is made. */
  readonly retiresAt?: Date;
}

/** A counter of attempts. `_id` is an HMAC of what is counted: an account, an address block, or the pair. */
export interface LoginAttemptDocument extends Document {
  readonly failures: number;
  readonly nextAllowedAt: Date;
  /** Attempts under way, whose outcome is not known; absent: 0. */
  readonly pending?: number;
  /** From then on those under way are taken for lost, with the process that made them. */
  readonly pendingUntil?: Date;
  readonly expiresAt: Date;
}

/** Something security-relevant that happened. Only ever inserted. */
export interface AuditEventDocument extends Document {
  readonly at: Date;
  readonly type: string;
  readonly outcome: 'success' | 'failure';
  readonly accountId?: string;
  readonly clientId?: string;
  /** Who did it: an account's id, `system`, or `command line`. */
  readonly actor: string;
  readonly address?: string;
  readonly requestId?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  readonly expiresAt: Date;
}

/** A message that waits to be delivered, or was: a mail, or a logout token's notice to an app. */
export interface OutboxDocument extends Document {
  readonly kind: 'mail' | 'backchannel_logout';
  readonly status: 'waiting' | 'sent' | 'failed';
  /** The message as JSON: a mail's body holds one-time links. */
  readonly sealedMessage: string;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  /** Held by one worker until then. */
  readonly lockedUntil?: Date;
  readonly lastError?: string;
  readonly createdAt: Date;
  readonly sentAt?: Date;
  readonly expiresAt: Date;
}

/** A link that works once. `_id` is the digest of its token. */
export interface OneTimeTokenDocument extends Document {
  readonly purpose: 'set-password';
  readonly accountId: string;
  /** The user's when the link was made. Absent: 0. */
  readonly credentialsVersion?: number;
  /** The normalised address that the link was mailed to, and shown nowhere else. */
  readonly mailedTo?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What instances must tell each other; each polls it. Only ever inserted. */
export interface ChangeDocument extends Document {
  readonly at: Date;
  readonly kind: 'signing-keys' | 'client' | 'api' | 'revocation';
  readonly subject: string;
  readonly expiresAt: Date;
}

/** Single facts about this installation: migrations carried out, the first-run set-up. */
export interface InstallationDocument extends Document {
  readonly value: string;
  readonly at: Date;
}

// An index that a list is read by ends with `_id`, the last key of every sort: else MongoDB sorts the whole collection.
function define<T extends Document>(definition: CollectionDefinition<T>): CollectionDefinition<T> {
  return definition;
}

export const users = define<UserDocument>({
  name: 'accounts', // stored under the name that earlier versions gave it
  indexes: [{ fields: ['emailKey'], unique: true }, { fields: ['createdAt', '_id'] }],
  expires: false,
});
export const clients = define<ClientDocument>({
  name: 'clients',
  indexes: [{ fields: ['createdAt', '_id'] }],
  expires: false,
});
export const apis = define<ApiDocument>({ name: 'apis', indexes: [], expires: false });
export const consents = define<ConsentDocument>({
  name: 'consents',
  indexes: [{ fields: ['accountId'] }, { fields: ['clientId'] }],
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
  indexes: [{ fields: ['status', 'nextAttemptAt'] }, { fields: ['createdAt', '_id'] }],
  expires: true,
});
export const oneTimeTokens = define<OneTimeTokenDocument>({
  name: 'one_time_tokens',
  indexes: [{ fields: ['accountId'] }],
  expires: true,
});
export const changes = define<ChangeDocument>({ name: 'changes', indexes: [{ fields: ['at'] }], expires: true });
export const installation = define<InstallationDocument>({ name: 'installation', indexes: [], expires: false });

/** All of them: what `Database.prepare` is given at start. An index on `expiresAt` is implied where documents expire. */
export const allCollections = [
  users,
  clients,
  apis,
  consents,
  oidcPayloads,
  signingKeys,
  loginAttempts,
  auditEvents,
  outbox,
  oneTimeTokens,
  changes,
  installation,
] as const;
