import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { createLogger, requestLogger } from '../src/logging.ts';
import type { Logger } from '../src/logging.ts';

const canary = 'c4n4ryc4n4ryc4n4ry';

function arrange(): {
  readonly logger: Logger;
  readonly lines: string[];
  readonly last: () => Record<string, unknown>;
} {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('readable logging at a terminal', () => {
  function arrangeReadable(colors = false): { readonly logger: Logger; readonly lines: string[] } {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    return { lines, logger: createLogger({ level: 'debug', destination, readable: { colors } }) };
  }

  it('writes the time, the event, and the fields that explain it', () => {
    const { logger, lines } = arrangeReadable();
    const request = { requestId: 'r1', address: '127.0.0.1', method: 'GET', route: '/authorize', milliseconds: 11.6 };
    logger.info({ ...request, status: 303 }, 'request');
    logger.info({ ...request, status: 404 }, 'request');
    logger.info(
      {
        audit: true,
        type: 'client.created',
        outcome: 'success',
        actor: 'system',
        clientId: 'a',
        detail: { kind: 'web' },
      },
      'client.created',
    );
    logger.info(
      { audit: true, type: 'login.failure', outcome: 'failure', actor: 'x', accountId: 'u' },
      'login.failure',
    );
    logger.warn({ attempt: 1 }, 'trying again');
    expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''))).to.deep.equal([
      'GET /authorize 303 in 12 ms\n',
      'GET /authorize 404 in 12 ms  requestId=r1\n',
      'client.created  clientId=a kind=web\n',
      'login.failure (failure)  accountId=u\n',
      'warn  trying again  attempt=1\n',
    ]);
  });

  it('shows an error with its stack and causes below it', () => {
    const { logger, lines } = arrangeReadable();
    logger.error({ err: new Error('outer', { cause: new Error('inner') }), requestId: 'r2' }, 'request failed');
    expect(lines.join('')).to.match(
      /^\S+ {2}ERROR {2}request failed {2}requestId=r2\n {4}Error: outer\n {4}at [^]* {4}Error: inner\n/,
    );
  });

  it('masks credentials, and lets no input move the cursor or start a line', () => {
    const { logger, lines } = arrangeReadable();
    logger.warn({ password: canary, 'key\n\u001B[2J': 'x\r\nforged\u001B[31m' }, 'said\r\nforged');
    expect(lines).to.have.length(1);
    expect(lines[0]).not.to.include(canary);
    expect(lines[0]?.slice(0, -1)).not.to.match(/\p{Cc}/u);
  });

  it('colours an error if the terminal has colours', () => {
    const { logger, lines } = arrangeReadable(true);
    logger.error('trouble');
    expect(lines[0]).to.include('\u001B[31mtrouble\u001B[0m');
  });
});

describe('logging', () => {
  it('writes one JSON line for each event: level in words, time in UTC, message, fields', () => {
    const { logger, lines, last } = arrange();
    logger.info({ clientId: 'prints' }, 'client created');
    expect(lines).to.have.length(1);
    expect(last()).to.include({ level: 'info', msg: 'client created', clientId: 'prints' });
    expect(last()['time']).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('writes on each line the time at which it was logged', async () => {
    const { logger, lines } = arrange();
    const written = (): number => Date.parse(JSON.parse(lines.at(-1) ?? '{}').time);
    for (let line = 0; line < 3; line += 1) {
      const before = Date.now();
      logger.info('one');
      logger.info('two');
      expect(written()).to.be.within(before, Date.now());
      await setTimeout(2);
    }
  });

  for (const [what, secret] of [
    ['a personal access token', 'gth_pat_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O50Zb5Hm'],
    ['a client secret', 'gth_cs_A1b2-C3d4_E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U'],
  ] as const) {
    it(`masks ${what} anywhere in a text`, () => {
      const { logger, lines } = arrange();
      logger.info({ clientId: secret, list: [`user ${secret}:x`] }, `said ${secret}.`);
      logger.error(new Error(`no client "${secret}"`));
      expect(lines.join('')).to.include('said [redacted].');
      expect(lines.join('')).to.not.include(secret.slice(8));
      expect(lines.join('')).to.not.include(secret.slice(-8));
    });
  }

  it('cannot be made to write a second line by CR, LF or a forged event (ASVS 16.4.1)', () => {
    const { logger, lines } = arrange();
    const forged = 'ada\r\n{"level":"info","msg":"login.success"}\u2028';
    logger.info({ username: forged, 'key\n': 1 }, forged);
    logger.error(new Error(forged));
    expect(lines).to.have.length(2);
    for (const line of lines) {
      expect(line.indexOf('\n')).to.equal(line.length - 1);
      expect(line).not.to.include('\r');
      expect(() => JSON.parse(line)).not.to.throw();
    }
  });

  for (const name of [
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'password',
    'newPassword',
    'client_secret',
    'clientSecret',
    'client_assertion',
    'secret',
    'refresh_token',
    'access_token',
    'accessToken',
    'id_token',
    'id_token_hint',
    'code',
    'code_verifier',
    'device_code',
    'user_code',
    'token',
    'csrf',
    'request_uri',
    'DPoP',
    'smtpUrl',
  ]) {
    it(`masks the field ${name} at any depth`, () => {
      const { logger, lines } = arrange();
      logger.info({ [name]: canary }, 'top');
      logger.info({ request: { headers: [{ [name]: { inner: canary } }] } }, 'deep');
      logger.child({ [name]: canary }).info('child');
      expect(lines.join('')).not.to.include(canary);
      expect(lines).to.have.length(3);
    });
  }

  for (const text of [
    `GET /callback?state=x&code=${canary}&iss=y`,
    `/token?refresh_token=${canary}`,
    `client_id=a&client_secret=${canary}`,
    `code=${canary}`,
    `Authorization: Bearer ${canary}`,
    `Basic ${canary}`,
    `Token ${canary}`,
    `mongodb://app:${canary}@db:27017/x failed`,
    `/end?id_token_hint=${canary}`,
  ]) {
    it(`masks the credential in "${text.replace(canary, '…')}", wherever the text is`, () => {
      const { logger, lines } = arrange();
      logger.info({ url: text }, 'field');
      logger.info(text);
      logger.error({ err: new Error(text, { cause: new Error(text) }) }, 'error');
      logger.error(new Error(text));
      logger.error({ err: new Error(text) });
      expect(lines).to.have.length(5);
      expect(lines.join('')).not.to.include(canary);
    });
  }

  it('keeps fields that are not credentials', () => {
    const { logger, last } = arrange();
    logger.info(
      { url: '/auth?client_id=prints&scope=openid', status: 200, duration: 1.5, at: new Date(0), none: null },
      'request',
    );
    expect(last()).to.deep.include({
      url: '/auth?client_id=prints&scope=openid',
      status: 200,
      duration: 1.5,
      at: '1970-01-01T00:00:00.000Z',
      none: null,
    });
  });

  it('leaves sentences about tokens as they are', () => {
    const { logger, last } = arrange();
    logger.info('the token endpoint refused basic authentication');
    expect(last()['msg']).to.equal('the token endpoint refused basic authentication');
  });

  it('is not slowed down by text that is made for this purpose', () => {
    const { logger, lines } = arrange();
    for (const part of ['//a:', '//:', '?token', '&a_', 'Bearer ', ':']) {
      logger.info({ userAgent: `//@=${part.repeat(16_384 / part.length)}` });
    }
    expect(lines).to.have.length(6);
  }).timeout(2000);

  it('writes an error with type, message, stack, code and cause', () => {
    const { logger, last } = arrange();
    logger.error(
      { err: Object.assign(new TypeError('broken', { cause: new Error('deeper') }), { code: 'E_BROKEN' }) },
      'failed',
    );
    expect(last()['err']).to.include({ type: 'TypeError', message: 'broken', code: 'E_BROKEN' });
    expect(last()).to.have.nested.property('err.cause.message', 'deeper');
    expect(last()).to.have.nested.property('err.stack').that.includes('logging.test.ts');
  });

  it('writes only the number of bytes of a buffer, and stops at a circular reference', () => {
    const { logger, last } = arrange();
    const circle: Record<string, unknown> = { key: Buffer.from(canary) };
    circle['self'] = circle;
    logger.info({ circle }, 'odd');
    expect(last()).to.have.nested.property('circle.key', '[18 bytes]');
  });

  it('marks the lines of one request with its id', () => {
    const { logger, last } = arrange();
    requestLogger(logger, 'r-1').info('one');
    expect(last()['requestId']).to.equal('r-1');
  });

  it('writes nothing below its level', () => {
    const { logger, lines } = arrange();
    logger.trace('no');
    expect(lines).to.deep.equal([]);
  });
});
