/** A small SMTP server (RFC 5321) for tests: it accepts every mail and keeps it. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface ReceivedMail {
  readonly from: string;
  readonly recipients: readonly string[];
  /** Header and body as received, without the dots that SMTP adds (RFC 5321 §4.5.2). */
  readonly data: string;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** The answer to each RCPT, such as `550 no such user`; undefined accepts the recipient. */
  answerToRecipient: ((recipient: string) => string | undefined) | undefined;
  close(): Promise<void>;
}

function converse(socket: Socket, server: SmtpServer): void {
  let from = '';
  let recipients: string[] = [];
  let data: string[] | undefined;
  let rest = '';
  const reply = (line: string): void => {
    socket.write(`${line}\r\n`);
  };

  function command(line: string): void {
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    switch (verb) {
      case 'EHLO':
      case 'HELO':
      case 'RSET':
      case 'NOOP':
        return reply('250 test');
      case 'MAIL':
        from = address;
        recipients = [];
        return reply('250 ok');
      case 'RCPT': {
        const rejection = server.answerToRecipient?.(address);
        if (rejection === undefined) {
          recipients.push(address);
        }
        return reply(rejection ?? '250 ok');
      }
      case 'DATA':
        data = [];
        return reply('354 go on');
      case 'QUIT':
        reply('221 bye');
        socket.end();
        return undefined;
      default:
        return reply('502 not known');
    }
  }

  function receive(line: string): void {
    if (data === undefined) {
      command(line);
    } else if (line === '.') {
      server.mails.push({ from, recipients, data: data.join('\r\n') });
      data = undefined;
      reply('250 kept');
    } else {
      data.push(line.startsWith('.') ? line.slice(1) : line);
    }
  }

  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    lines.forEach(receive);
  });
  reply('220 test ESMTP');
}

/** Listens on loopback. @param port 0 chooses a free port */
export async function startSmtpServer(port = 0): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const listener: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, server);
  });
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const server: SmtpServer = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails: [],
    answerToRecipient: undefined,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      listener.close();
      await once(listener, 'close');
    },
  };
  return server;
}
