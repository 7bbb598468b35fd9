/** A small SMTP server (RFC 5321) that takes every mail and keeps it: for tests. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface ReceivedMail {
  readonly from: string;
  readonly recipients: readonly string[];
  /** Header and body as they came, without the dots that SMTP adds. */
  readonly data: string;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** The answer to each RCPT, such as `550 no such user`; undefined takes it. */
  answerToRecipient: ((recipient: string) => string | undefined) | undefined;
  close(): Promise<void>;
}

function converse(socket: Socket, server: SmtpServer): void {
  let from = '';
  let recipients: string[] = [];
  let data: string[] | undefined;
  let rest = '';
  const say = (line: string): void => {
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
        return say('250 test');
      case 'MAIL':
        from = address;
        recipients = [];
        return say('250 ok');
      case 'RCPT': {
        const refusal = server.answerToRecipient?.(address);
        if (refusal === undefined) {
          recipients.push(address);
        }
        return say(refusal ?? '250 ok');
      }
      case 'DATA':
        data = [];
        return say('354 go on');
      case 'QUIT':
        say('221 bye');
        socket.end();
        return undefined;
      default:
        return say('502 not known');
    }
  }

  function take(line: string): void {
    if (data === undefined) {
      command(line);
    } else if (line === '.') {
      server.mails.push({ from, recipients, data: data.join('\r\n') });
      data = undefined;
      say('250 kept');
    } else {
      data.push(line.startsWith('.') ? line.slice(1) : line);
    }
  }

  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  say('220 test ESMTP');
}

/** Listens on loopback. @param port 0 takes a free one */
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
