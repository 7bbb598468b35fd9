/**
 * Mails: rendered immediately, put into the outbox, and sent from there over SMTP. Each has exactly one recipient, and
 * no user input gets into a header unchecked. The texts are in `views/mail/`.
 */
import type { Transporter } from 'nodemailer';
import { readSmtpAddress } from '../../connection-strings.ts';
import { ConfigurationError, InvalidInputError } from '../../errors.ts';
import type { Mail, MailModels, MailName, Views } from '../../views.ts';
import { parseEmailAddress } from '../values/email-address.ts';
import { UndeliverableError, type Deliverer, type OutboxService } from './outbox.ts';

/** A mail in the outbox. */
export interface MailContent extends Mail {
  /** One address, its domain in ASCII. */
  readonly to: string;
}

/** A mail to send. The compiler checks that `model` is the model of the view `name`. */
export type NewMail = {
  readonly [K in MailName]: {
    readonly to: string;
    readonly name: K;
    /** The language tag of the text. */
    readonly locale: string;
    readonly model: MailModels[K];
  };
}[MailName];

export interface MailService {
  /**
   * Puts a mail into the outbox.
   * @returns the id of the message there
   * @throws InvalidInputError when `to` is not one address
   */
  send(mail: NewMail): Promise<string>;
  /** The same, but immediately: before a change that must not be made without the mail. */
  sendNow(mail: NewMail): Promise<string>;
  /** The same, but once, however often it is called with the same key. The outbox remembers a key for some days. */
  sendOnce(key: string, mail: NewMail): Promise<void>;
}

export interface MailOptions {
  readonly outbox: Pick<OutboxService, 'enqueue' | 'enqueueNow' | 'enqueueOnce'>;
  readonly renderMail: Views['renderMail'];
}

const maxSubjectLength = 200;

export function createMailService({ outbox, renderMail }: MailOptions): MailService {
  function contentOf({ to, name, locale, model }: NewMail): MailContent {
    const { mailbox } = parseEmailAddress(to);
    const { subject, text, html } = renderMail(name, locale, model);
    const line = subject
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, maxSubjectLength);
    return { to: mailbox, subject: line, text, html };
  }

  return {
    send: async (mail) => outbox.enqueue('mail', contentOf(mail)),
    sendNow: async (mail) => outbox.enqueueNow('mail', contentOf(mail)),
    sendOnce: async (key, mail) => outbox.enqueueOnce('mail', key, contentOf(mail)),
  };
}

/** Reads a mail from the outbox. @throws InvalidInputError when the content is not a mail */
export function readMailContent(content: unknown): MailContent {
  const { to, subject, text, html } = Object(content) as Record<string, unknown>;
  if (typeof to !== 'string' || typeof subject !== 'string' || typeof text !== 'string' || typeof html !== 'string') {
    throw new InvalidInputError('The message is not a mail.');
  }
  return { to, subject, text, html };
}

export interface MailTransport {
  readonly deliver: Deliverer;
  /** Closes the idle connections. */
  close(): Promise<void>;
}

/** Milliseconds. Their sum is less than the outbox's timeout of one delivery. */
const timeouts = { dnsTimeout: 5000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/**
 * Replies of 500 and above to the message itself are final (RFC 5321 §4.2.1). Replies to a failed login are not: the
 * operator can correct the settings.
 */
function isFinal(error: unknown): boolean {
  const { responseCode, code } = Object(error) as { readonly responseCode?: unknown; readonly code?: unknown };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && typeof responseCode === 'number' && responseCode >= 500;
}

/**
 * Makes the deliverer of mails over SMTP. Message ids are derived from the outbox's ids, so that a mail program can
 * recognize a mail that was sent twice.
 *
 * @param options.url `smtp://` or `smtps://`, with credentials if the server requires them
 * @param options.from an address, optionally with a name, from the configuration
 * @param options.messageIdDomain the right-hand side of message ids
 * @throws ConfigurationError when the address cannot be read
 */
export function createMailTransport({
  url,
  from,
  messageIdDomain,
}: {
  readonly url: string;
  readonly from: string;
  readonly messageIdDomain: string;
}): MailTransport {
  const read = readSmtpAddress(url);
  if ('fault' in read) {
    throw new ConfigurationError([`SMTP_URL: expected ${read.fault}.`]);
  }
  const { host, port, secure, username, password } = read;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);

  async function connect(): Promise<Transporter> {
    // Loaded with the first mail: most processes that start never send one.
    const { createTransport } = await import('nodemailer');
    return createTransport({
      pool: true,
      maxConnections: 2,
      host,
      port,
      secure,
      // Credentials are never sent in clear: STARTTLS is required before a login (RFC 3207), except to this machine.
      requireTLS: username !== '' && !isLoopback,
      ...(username === '' ? {} : { auth: { user: username, pass: password } }),
      ...timeouts,
      // The content comes from templates only. As a second protection, it cannot make nodemailer read files or URLs.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  let connected: Promise<Transporter> | undefined;

  return {
    deliver: async ({ id, content, createdAt }) => {
      const { to, subject, text, html } = readMailContent(content);
      try {
        connected ??= connect();
        await (
          await connected
        ).sendMail({
          from,
          // As an object, so that it is never read as a list.
          to: { name: '', address: to },
          subject,
          text,
          html,
          date: createdAt,
          messageId: `<${id}@${messageIdDomain}>`,
          // Prevents automatic replies such as absence notices (RFC 3834 §5).
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw isFinal(error)
          ? new UndeliverableError('the mail server refused the mail for good', { cause: error })
          : error;
      }
    },
    close: async () => (await connected)?.close(),
  };
}
