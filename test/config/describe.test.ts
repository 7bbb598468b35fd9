import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { describeConfig } from '../../src/config/describe.ts';
import { loadConfig } from '../../src/config/load.ts';
import { settingList } from '../../src/config/setting-list.ts';

describe('describeConfig', () => {
  const secret = randomBytes(32).toString('base64url');
  const config = loadConfig({
    environment: {
      SECRET: `${secret},${randomBytes(32).toString('hex')}`,
      DATABASE_URL:
        'mongodb://app:c4n4ry@db1:27017,db2:27017/gatehouse?replicaSet=rs0&tlsCertificateKeyFilePassword=c4n4ry',
      SMTP_URL: 'smtps://mailer:c4n4ry@mail.example.com',
      METRICS_TOKEN: 'c4n4ry-c4n4ry-c4n4ry',
      SESSION_IDLE: '1800',
      TRUSTED_PROXIES: '10.0.0.0/8,::1',
    },
  });
  const described = describeConfig(config);
  const entryOf = (name: string): unknown => described.find((entry) => entry.name === name);

  it('lists every setting', () => {
    expect(described.map(({ name }) => name)).to.deep.equal(settingList.map(({ environmentName }) => environmentName));
  });

  it('shows no secret', () => {
    const text = JSON.stringify(described);
    expect(text).not.to.include('c4n4ry');
    expect(text).not.to.include(secret);
    expect(entryOf('SECRET')).to.include({ value: '*** (2 keys)', secret: true, origin: 'environment' });
    expect(entryOf('DATABASE_URL')).to.include({ value: 'mongodb://***@db1:27017,db2:27017/gatehouse?***' });
    expect(entryOf('SMTP_URL')).to.include({ value: 'smtps://***@mail.example.com' });
  });

  it('shows values as they could be set, and where they came from', () => {
    expect(entryOf('SESSION_IDLE')).to.deep.equal({
      name: 'SESSION_IDLE',
      path: 'session.idle',
      value: '30m',
      origin: 'environment',
      secret: false,
    });
    expect(entryOf('TRUSTED_PROXIES')).to.include({ value: '10.0.0.0/8,::1' });
    expect(entryOf('HOST')).to.include({ value: '127.0.0.1', origin: 'default' });
    expect(entryOf('ISSUER')).to.include({ origin: 'derived' });
    expect(entryOf('VIEWS_DIR')).to.include({ value: null });
  });
});
