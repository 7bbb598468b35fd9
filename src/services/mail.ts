/**
 * Mails: written at once, into the outbox, and sent from there. Each goes to exactly one person, and nothing that a
 * person typed becomes a header. What a mail says is in `views/mail/`.
 */
import type { Transporter } from 'nodemailer';
import { readSmtpAddress } from '../connection-strings.ts';
import { ConfigurationError, InvalidInputError } from '../errors.ts';
import type { Mail, MailModels, MailName, Views } from '../views.ts';
import { parseEmailAddress } from './email-address.ts';
import { UndeliverableError, type Deliverer, type OutboxService } from './outbox.ts';

/** A mail in the outbox. */
export interface MailContent extends Mail {
  /** One address, its domain in ASCII. */
  readonly to: string;
}

/** A mail to write: the compiler checks that `model` is the one of the view `name`. */
export type NewMail = {
  readonly [K in MailName]: {
    readonly to: string;
    readonly name: K;
    /** The language tag that it is written in. */
    readonly locale: string;
    readonly model: MailModels[K];
  };
}[MailName];

export interface MailService {
  /**
   * Writes a mail into the outbox; returns its id there.
   * @throws InvalidInputError when `to` is not one address
   */
  send(mail: NewMail): Promise<string>;
}

export interface MailOptions {
  readonly outbox: Pick<OutboxService, 'enqueue'>;
  readonly renderMail: Views['renderMail'];
}

const maxSubjectLength = 200;

export function createMailService({ outbox, renderMail }: MailOptions): MailService {
  return {
    send: async ({ to, name, locale, model }) => {
      const { mailbox } = parseEmailAddress(to);
      const { subject, text, html } = renderMail(name, locale, model);
      const line = subject
        .replaceAll(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, maxSubjectLength);
      const content: MailContent = { to: mailbox, subject: line, text, html };
      return outbox.enqueue('mail', content);
    },
  };
}

/** Reads a mail back from the outbox. @throws InvalidInputError for anything else */
export function readMailContent(content: unknown): MailContent {
  const { to, subject, text, html } = Object(content) as Record<string, unknown>;
  if (typeof to !== 'string' || typeof subject !== 'string' || typeof text !== 'string' || typeof html !== 'string') {
    throw new InvalidInputError('The message is not a mail.');
  }
  return { to, subject, text, html };
}

export interface MailTransport {
  readonly deliver: Deliverer;
  /** Closes the connections that wait for the next mail. */
  close(): Promise<void>;
}

/** Milliseconds. Together below the time that the outbox gives one delivery. */
const timeouts = { dnsTimeout: 5000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** Answers of 500 and above to the message itself are final (RFC 5321 §4.2.1); those to a login are our own fault, and may be mended. */
function isFinal(error: unknown): boolean {
  const { responseCode, code } = Object(error) as { readonly responseCode?: unknown; readonly code?: unknown };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && typeof responseCode === 'number' && responseCode >= 500;
}

/**
 * Makes the deliverer of mails over SMTP. Its message ids follow from the outbox, so that a mail that was sent twice
 * is known as one.
 *
 * @param options.url `smtp://` or `smtps://`, with credentials where the server wants them
 * @param options.from an address, perhaps with a name, from the configuration
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
      // Credentials never travel in clear: without STARTTLS (RFC 3207) there is no login, except on this machine.
      requireTLS: username !== '' && !isLoopback,
      ...(username === '' ? {} : { auth: { user: username, pass: password } }),
      ...timeouts,
      // Contents come from templates alone; still nothing in one may make this process read a file or fetch an address.
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
          // RFC 3834 §5: keeps absence notices from answering.
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
