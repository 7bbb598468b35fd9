/** Constructs the services, each from those before it. */
import { fileURLToPath } from 'node:url';
import { maskAddress } from '../connection-strings.ts';
import type { Config } from '../config/config.ts';
import { createPasswords } from '../crypto/passwords.ts';
import { generateSigningKey, type SigningAlgorithm } from '../crypto/signing-keys.ts';
import { createIssuerKeys } from '../oidc/issuer-keys.ts';
import { createUpstreamLogoutAcceptance } from '../oidc/upstream-logout.ts';
import { createOutboundFetch } from '../oidc/outbound-calls.ts';
import { clockTolerance, instanceClockTolerance } from '../oidc/configuration.ts';
import { emailLinkAddress, passwordLinkAddress } from '../presenters/one-time-link.ts';
import { createAdministratorGuard } from '../services/foundation/administrators.ts';
import { createApiService, maxJwtLifetime } from '../services/clients/apis.ts';
import { createAuditService } from '../services/foundation/audit.ts';
import { createAuthenticationService } from '../services/sign-in/authentication.ts';
import { createBreachedPasswords } from '../services/users/breached-passwords.ts';
import type { ChangeFeed } from '../services/foundation/change-feed.ts';
import { createClientService } from '../services/clients/clients.ts';
import { createConsentEnds } from '../services/clients/consent-ends.ts';
import { createConsentService } from '../services/clients/consents.ts';
import { createGroupEnds } from '../services/tokens/group-ends.ts';
import { createEmailChanges } from '../services/users/email-changes.ts';
import { createNotify, readLogoutNotice } from '../services/tokens/logout-notices.ts';
import { createMailService, createMailTransport } from '../services/mails/mail.ts';
import { createOutboundAddressService, createOutboundRule } from '../services/values/outbound-addresses.ts';
import { createOutboxService } from '../services/mails/outbox.ts';
import { createPasswordResets } from '../services/users/password-resets.ts';
import { createPasskeySignIn } from '../services/sign-in/passkey-sign-in.ts';
import { createPasswordPolicy } from '../services/users/password-policy.ts';
import { createPersonalAccessTokenReminders } from '../services/tokens/personal-access-token-reminders.ts';
import { createPersonalAccessTokenUses } from '../services/tokens/personal-access-token-uses.ts';
import { createPersonalAccessTokenService } from '../services/tokens/personal-access-tokens.ts';
import { createPersonalDataService } from '../services/users/personal-data.ts';
import { createRevocationService, type LogoutNotice } from '../services/tokens/revocation.ts';
import { createRevocations } from '../services/tokens/revocations.ts';
import { createSessionService } from '../services/sign-in/sessions.ts';
import { createSetupService } from '../services/users/setup.ts';
import { createSigningKeyService } from '../services/tokens/signing-keys.ts';
import { createThrottleKeys } from '../services/foundation/throttle-keys.ts';
import { createThrottleService } from '../services/foundation/throttle.ts';
import { pageUri } from '../services/values/uri-schemas.ts';
import { maxAccessTokenLifetime } from '../services/values/token-lifetimes.ts';
import { createTokenUsageService } from '../services/tokens/token-usage.ts';
import { createUserMails } from '../services/mails/user-mails.ts';
import { createUserService } from '../services/users/users.ts';
import { createWorkloadIssuerService } from '../services/clients/workload-issuers.ts';
import { listMigrations, type MigrationState } from '../storage/migrations.ts';
import { wireDeletion } from './deletion.ts';
import type { Foundation } from './foundation.ts';
import { wireLinks } from './links.ts';
import { wirePasskeys } from './passkeys.ts';
import type { Repositories } from './repositories.ts';
import { wireSecondFactors } from './second-factors.ts';
import { wireSignInMails } from './sign-in-mails.ts';
import { wireUpstreams } from './upstreams.ts';
import { wireSignUp } from './sign-up.ts';

const breachedPasswords = fileURLToPath(new URL('../../config/breached-passwords.bin', import.meta.url));

/** The state of the database, for the operator. */
export interface StorageReport {
  readonly kind: 'sqlite' | 'mongodb';
  /** Its address, without credentials. */
  readonly database: string;
  readonly migrations: readonly MigrationState[];
  readonly warnings: readonly string[];
}

export interface ServiceOptions {
  /** The algorithms of which a signing key is made at start; all by default. An RSA key takes up to some seconds. */
  readonly ensuredKeys?: readonly SigningAlgorithm[] | undefined;
  /** Generates a signing key; crypto/signing-keys.ts by default. */
  readonly generateKey?: typeof generateSigningKey | undefined;
}

export interface ServiceDependencies extends Foundation, ServiceOptions {
  readonly config: Config;
  readonly repositories: Repositories;
  readonly changeFeed: ChangeFeed;
  /** Sends a logout token to an app. It needs the engine, which is made after the services. */
  readonly deliverLogoutNotice: (notice: LogoutNotice) => Promise<void>;
  /** Milliseconds from a login until its password is hashed again; by default the service's. */
  readonly rehashDelay?: number;
}

export type Wired = Awaited<ReturnType<typeof wireServices>>;

/**
 * Makes every service. Sends no command to the database.
 * @returns `services` is what commands and pages use; the rest is used by the engine, the pages and the lifecycle only
 */
export async function wireServices(dependencies: ServiceDependencies) {
  const { config, clock, log, metrics, secrets, database, views, repositories, changeFeed, deliverLogoutNotice } =
    dependencies;
  const issuer = new URL(config.issuer);

  const audit = createAuditService({
    events: repositories.auditEvents,
    clock,
    log,
    retention: config.audit.retention,
  });
  const passwords = await createPasswords({ ...config.password.hash, onQueue: metrics.setPasswordQueue });
  const policy = createPasswordPolicy({
    minimum: config.password.minimumLength,
    contextWords: [config.brand.name, issuer.hostname],
    breached: createBreachedPasswords(breachedPasswords),
  });
  const throttle = createThrottleService({
    attempts: repositories.loginAttempts,
    secrets,
    clock,
    // The rest of the request's time is for the attempt itself.
    maxQueueSeconds: config.request.deadline * 0.6,
  });
  const throttleKeys = createThrottleKeys(config.throttle);
  const transport =
    config.smtp.url === undefined
      ? undefined
      : createMailTransport({ url: config.smtp.url, from: config.mail.from, messageIdDomain: issuer.hostname });
  const outbox = createOutboxService({
    messages: repositories.outbox,
    secrets,
    audit,
    clock,
    log,
    deliverers: {
      ...(transport === undefined ? {} : { mail: transport.deliver }),
      password_reset: (message) => passwordResets.deliver(message),
      sign_in_mail: (message) => mailSignIn.deliver(message),
      sign_up: (message) => signUp.deliver(message),
      provider_sign_up: (message) => upstreams.providerSignUp.deliver(message),
      backchannel_logout: ({ content }) => deliverLogoutNotice(readLogoutNotice(content)),
    },
  });
  const mail = createMailService({ outbox, renderMail: views.renderMail });
  const userMails = createUserMails({
    mail,
    negotiateLocale: views.negotiateLocale,
    brandName: config.brand.name,
    linkLifetime: config.lifetime.link,
    accountAddress: `${config.issuer}/account`,
    clock,
  });
  const notify = createNotify({ clients: repositories.clients, outbox });
  const revocations = createRevocations({
    changes: repositories.changes,
    feed: changeFeed,
    clock,
    lifetime: maxAccessTokenLifetime + clockTolerance,
    clockTolerance: instanceClockTolerance,
    onSize: metrics.setRevocations,
  });
  const { oneTimeLinks, mailLimits } = wireLinks({ repositories, secrets, throttle, throttleKeys, clock });
  const revocation = createRevocationService({
    payloads: repositories.oidcPayloads,
    sessions: repositories.loginSessions,
    consents: repositories.consents,
    oneTimeLinks,
    passkeys: repositories.passkeys,
    personalAccessTokens: repositories.personalAccessTokens,
    usage: repositories.tokenUsage,
    secondFactors: repositories.secondFactors,
    recoveryCodes: repositories.recoveryCodes,
    rememberedDevices: repositories.rememberedDevices,
    upstreamLinks: repositories.upstreamLinks,
    announce: revocations.announce,
    notify,
  });
  const groupEnds = createGroupEnds({
    apis: repositories.apis,
    clients: repositories.clients,
    users: repositories.users,
    payloads: repositories.oidcPayloads,
    revocation,
    announce: revocations.announce,
  });
  const users = createUserService({
    groupEnds,
    users: repositories.users,
    administrators: createAdministratorGuard({
      users: repositories.users,
      installation: repositories.installation,
      clock,
    }),
    upstreamLinks: repositories.upstreamLinks,
    oneTimeLinks,
    passwords,
    policy,
    throttle,
    throttleKeys,
    audit,
    clock,
    linkLifetime: config.lifetime.link,
    endEverythingOf: revocation.endUser,
    notifyPasswordChanged: userMails.sendPasswordChanged,
  });
  const passwordResets = createPasswordResets({
    users,
    findByEmailKey: repositories.users.findByEmailKey,
    outbox,
    mailLimits,
    mails: userMails,
    audit,
    addressOf: (token) => passwordLinkAddress(config.issuer, token),
  });
  const emailChanges = createEmailChanges({
    users,
    findByEmailKey: repositories.users.findByEmailKey,
    oneTimeLinks,
    mailLimits,
    mails: userMails,
    audit,
    clock,
    linkLifetime: config.lifetime.link,
    addressOf: (purpose, token) => emailLinkAddress(config.issuer, purpose, token),
  });
  const signUp = wireSignUp({
    config,
    views,
    users,
    links: oneTimeLinks,
    outbox,
    mailLimits,
    mail,
    userMails,
    audit,
  });
  const authentication = createAuthenticationService({
    users: repositories.users,
    passwords,
    throttle,
    throttleKeys,
    secrets,
    audit,
    clock,
    onOutcome: metrics.countLogin,
    ...(dependencies.rehashDelay === undefined ? {} : { rehashDelay: dependencies.rehashDelay }),
  });
  // In development, apps run on this machine, also if the server itself is behind a TLS proxy or a tunnel.
  const uriRules = { allowHttpLoopback: config.profile === 'development' || issuer.protocol === 'http:' };
  const clients = createClientService({
    clients: repositories.clients,
    apis: repositories.apis,
    workloadIssuers: repositories.workloadIssuers,
    revocation,
    groupEnds,
    audit,
    clock,
    rules: uriRules,
  });
  const workloadIssuers = createWorkloadIssuerService({
    issuers: repositories.workloadIssuers,
    clients: repositories.clients,
    audit,
    clock,
    ownIssuer: config.issuer,
    rules: uriRules,
  });
  const apis = createApiService({
    apis: repositories.apis,
    clients,
    installation: repositories.installation,
    revocation,
    groupEnds,
    audit,
    clock,
  });
  const personalAccessTokens = createPersonalAccessTokenService({
    tokens: repositories.personalAccessTokens,
    users: repositories.users,
    apis: repositories.apis,
    revocation,
    audit,
    clock,
    maxLifetime: config.lifetime.personalAccessToken,
  });
  const personalAccessTokenUses = createPersonalAccessTokenUses({
    tokens: repositories.personalAccessTokens,
    audit,
    clock,
    log,
    users: repositories.users,
    mails: userMails,
  });
  const reminders = createPersonalAccessTokenReminders({
    tokens: repositories.personalAccessTokens,
    users: repositories.users,
    mails: userMails,
    audit,
    clock,
    log,
  });
  const passkeys = wirePasskeys({ config, foundation: dependencies, repositories, audit, userMails });
  const factors = wireSecondFactors({
    config,
    clock,
    secrets,
    repositories,
    audit,
    throttle,
    throttleKeys,
    userMails,
    passkeys,
    users,
  });
  const passkeySignIn = createPasskeySignIn({
    passkeys,
    users: repositories.users,
    throttle,
    throttleKeys,
    audit,
    clock,
    onOutcome: metrics.countLogin,
  });
  const consents = createConsentService({ consents: repositories.consents, revocation, audit, clock });
  const sessions = createSessionService({
    sessions: repositories.loginSessions,
    users: repositories.users,
    revocation,
    audit,
  });
  const { mailSignIn, newDevices } = wireSignInMails({
    issuer: config.issuer,
    repositories,
    oneTimeLinks,
    outbox,
    mailLimits,
    mails: userMails,
    emails: users,
    passwords: users,
    sessions,
    revocation,
    secrets,
    throttle,
    throttleKeys,
    audit,
    clock,
    onOutcome: metrics.countLogin,
  });
  const setup = createSetupService({
    installation: repositories.installation,
    users,
    secrets,
    throttle,
    throttleKeys,
    audit,
    clock,
  });
  const tokenUsage = createTokenUsageService({
    usage: repositories.tokenUsage,
    revocations,
    audit,
    countUnusualUse: metrics.countUnusualUse,
    clock,
    log,
    retention: config.audit.retention,
  });
  const signingKeys = createSigningKeyService({
    keys: repositories.signingKeys,
    installation: repositories.installation,
    secrets,
    generate: dependencies.generateKey ?? generateSigningKey,
    audit,
    clock,
    announce: (kid) => changeFeed.publish('signing-keys', kid),
    publishAhead: config.keys.publishAhead,
    maxTokenLifetime: Math.max(config.lifetime.idToken, config.lifetime.accessTokenJwt, maxJwtLifetime),
    verificationLifetime: Math.max(config.session.absolute, config.session.remember),
    clockTolerance,
    ...(dependencies.ensuredKeys === undefined ? {} : { ensured: dependencies.ensuredKeys }),
  });
  const outboundRule = createOutboundRule(config.outbound);
  const outboundAddresses = createOutboundAddressService({ rule: outboundRule });
  const outboundFetch = createOutboundFetch({ rule: outboundRule });
  const upstreams = wireUpstreams({
    ...dependencies,
    users,
    revocation,
    userMails,
    mails: { links: oneTimeLinks, outbox, mailLimits, mail },
    audit,
    uriRules,
    fetch: outboundFetch,
  });
  const issuerKeys = createIssuerKeys({
    fetch: outboundFetch,
    isAllowed: (uri) => pageUri(uriRules).safeParse(uri).success,
    clock,
    log,
  });
  const storage = {
    /** Checks that the database answers, and reports its state. @throws StorageUnavailableError */
    check: async (): Promise<StorageReport> => {
      await database.ping();
      return {
        kind: config.database.url.startsWith('sqlite:') ? 'sqlite' : 'mongodb',
        database: maskAddress(config.database.url),
        migrations: await listMigrations(database),
        warnings: await database.warnings(),
      };
    },
  };

  return {
    services: {
      accountDeletion: wireDeletion({
        config,
        foundation: dependencies,
        repositories,
        users,
        links: oneTimeLinks,
        revocation,
        mails: userMails,
        audit,
      }),
      apis,
      audit,
      authentication,
      clients,
      consents,
      emailChanges,
      issuerKeys,
      mail,
      mailLimits,
      mailSignIn,
      newDevices,
      oneTimeLinks,
      outboundAddresses,
      outbox,
      passkeys,
      passwordResets,
      passkeySignIn,
      personalAccessTokens,
      personalData: createPersonalDataService({ ...repositories, audit, clock }),
      ...factors,
      revocation,
      sessions,
      setup,
      signingKeys,
      signUp,
      storage,
      tokenUsage,
      ...upstreams,
      userMails,
      users,
      workloadIssuers,
    },
    personalAccessTokenUses,
    reminders,
    consentEnds: createConsentEnds({ consents, log }),
    revocations,
    notify,
    outboundRule,
    acceptUpstreamLogout: createUpstreamLogoutAcceptance({
      keys: issuerKeys,
      payloads: repositories.oidcPayloads,
      clock,
    }),
    passwords,
    policy,
    throttle,
    throttleKeys,
    transport,
  };
}
