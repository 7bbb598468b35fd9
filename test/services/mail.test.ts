import { expect } from 'chai';
import { InvalidInputError } from '../../src/errors.ts';
import {
  createMailService,
  createMailTransport,
  type MailService,
  type MailTransport,
} from '../../src/services/mails/mail.ts';
import { createOutboxService, type OutboxService } from '../../src/services/mails/outbox.ts';
import { createOutboxRepository } from '../../src/storage/repositories/outbox.ts';
import {
  failureOf,
  openTemporaryDatabase,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';
import { startSmtpServer, type SmtpServer } from '../support/smtp-server.ts';

describe('services/mail', () => {
  let temporary: TemporaryDatabase;
  let smtp: SmtpServer;
  let transport: MailTransport;
  let outbox: OutboxService;
  let mail: MailService;
  let subject: string;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    const { secrets, audit } = await wireUserServices(temporary);
    smtp = await startSmtpServer();
    subject = 'Your password was changed';
    transport = createMailTransport({
      url: `smtp://127.0.0.1:${smtp.port}`,
      from: 'Gatehouse <no-reply@login.example.org>',
      messageIdDomain: 'login.example.org',
    });
    outbox = createOutboxService({
      messages: createOutboxRepository(temporary.database),
      secrets,
      audit,
      clock: temporary.clock,
      log: { warn: () => {} },
      deliverers: { mail: transport.deliver },
    });
    mail = createMailService({
      outbox,
      renderMail: (name, locale, model) => ({
        subject,
        text: `${name} ${locale} ${JSON.stringify(model)}`,
        html: '<p>hello</p>',
      }),
    });
  });
  afterEach(async () => {
    await transport.close();
    await smtp.close();
    await temporary.close();
  });

  function send(to: string): Promise<string> {
    return mail.send({
      to,
      name: 'mail/app-access-ended',
      locale: 'en',
      model: { email: to, brand: 'Gatehouse', app: 'Prints' },
    });
  }

  it('sends a mail to one recipient, with its own message id', async () => {
    const id = await send('Ada@exämple.com');
    expect(await outbox.deliverDue()).to.equal(1);
    expect(smtp.mails).to.have.length(1);
    const [received] = smtp.mails;
    expect(received?.recipients).to.deep.equal(['Ada@xn--exmple-cua.com']);
    expect(received?.from).to.equal('no-reply@login.example.org');
    expect(received?.data)
      .to.include(`Message-ID: <${id}@login.example.org>`)
      .and.to.include('Subject: Your password was changed')
      .and.to.include('Auto-Submitted: auto-generated');
    expect(received?.data).to.match(/text\/plain[\s\S]*mail\/app-access-ended[\s\S]*text\/html/);
  });

  it('rejects an address that would add a recipient or a header (A12)', async () => {
    for (const to of [
      'a@b.com, c@d.com',
      'a@b.com,c@d.com',
      'a@b.com\r\nBcc: c@d.com',
      'user＠x.com',
      'Ada <a@b.com>',
      '',
    ]) {
      expect(await failureOf(send(to)), to).to.be.instanceOf(InvalidInputError);
    }
    expect(await outbox.list({ limit: 10 })).to.deep.equal([]);
  });

  it('does not let a subject add a header', async () => {
    subject = 'Hello\r\nBcc: eve@example.com\r\n\r\nbody';
    const id = await send('ada@example.com');
    expect((await outbox.show(id))?.content)
      .to.have.property('subject')
      .that.matches(/^Hello Bcc: eve@example.com body$/);
    await outbox.deliverDue();
    const [header = ''] = (smtp.mails[0]?.data ?? '').split('\r\n\r\n');
    expect(smtp.mails[0]?.recipients).to.deep.equal(['ada@example.com']);
    expect(header).to.not.match(/^Bcc:/im);
  });

  it('sends when the mail server is available again', async () => {
    const { port } = smtp;
    await smtp.close();
    await send('ada@example.com');
    expect(await outbox.deliverDue()).to.equal(1);
    expect((await outbox.list({ limit: 1 }))[0]).to.include({ status: 'waiting', attempts: 1 });
    smtp = await startSmtpServer(port);
    temporary.clock.advance(72);
    expect(await outbox.deliverDue()).to.equal(1);
    expect(smtp.mails).to.have.length(1);
    expect((await outbox.list({ limit: 1 }))[0]).to.include({ status: 'sent', attempts: 2 });
  });

  it('retries after 450 and gives up after 550 (RFC 5321 §4.2.1)', async () => {
    smtp.answerToRecipient = (recipient) => (recipient.startsWith('gone') ? '550 no such user' : '450 come back later');
    await send('gone@example.com');
    temporary.clock.advance(1);
    await send('busy@example.com');
    await outbox.deliverDue();
    expect((await outbox.list({ limit: 2 })).map(({ status }) => status)).to.deep.equal(['waiting', 'failed']);
    expect(smtp.mails).to.deep.equal([]);
  });
});
