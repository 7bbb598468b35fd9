/** Addresses with a password: checks, masking and connections parse them in the same way. */
import { expect } from 'chai';
import { maskAddress, readMongodbAddress, readSmtpAddress } from '../src/connection-strings.ts';

/** Passwords with characters that separate the parts of an address. */
const passwords = [
  's3c/ret',
  's3c?ret',
  's3c#ret',
  's3c@ret',
  's3c:ret',
  's3c[ret',
  's3c]ret',
  's3c%ret',
  '25/s3cret',
  '100%',
];

function faultOf(read: object): string | undefined {
  return 'fault' in read ? String(read.fault) : undefined;
}

describe('addresses with a password', () => {
  for (const password of passwords) {
    it(`refuses the password "${password}" unless it is percent-encoded (RFC 3986 §3.2.1), and shows no part of it`, () => {
      for (const [address, read] of [
        [`mongodb://user:${password}@db1,db2/gatehouse?replicaSet=rs0`, readMongodbAddress],
        [`mongodb+srv://user:${password}@cluster.example.com/gatehouse`, readMongodbAddress],
        [`smtp://user:${password}@mail.example.com`, readSmtpAddress],
        [`smtps://user:${password}@mail.example.com:465`, readSmtpAddress],
      ] as const) {
        expect(faultOf(read(address)), address)
          .to.match(/percent-encoded/)
          .and.not.match(/s3c|ret/);
        expect(maskAddress(address)).to.match(/^(mongodb(\+srv)?|smtps?):\/\/\*\*\*$/);
        const encoded = address.replace(password, encodeURIComponent(password));
        expect(faultOf(read(encoded)), encoded).to.equal(undefined);
        expect(maskAddress(encoded)).to.match(/^(mongodb(\+srv)?|smtps?):\/\/\*\*\*@(db1,db2|cluster|mail)/);
      }
    });
  }

  it('refuses a user name that is not percent-encoded', () => {
    for (const name of ['us/er', 'us@er', 'us#er', 'us%er']) {
      expect(faultOf(readMongodbAddress(`mongodb://${name}:pw@db/x`)), name).to.match(/percent-encoded/);
      expect(faultOf(readSmtpAddress(`smtp://${name}:pw@mail.example.com`)), name).to.match(/percent-encoded/);
    }
  });

  it('reads host, port, user name and password of a mail server', () => {
    expect(readSmtpAddress('smtps://us%40er:p%2Fw@mail.example.com')).to.deep.equal({
      host: 'mail.example.com',
      port: 465,
      secure: true,
      username: 'us@er',
      password: 'p/w',
    });
    expect(readSmtpAddress('smtp://[::1]:2525')).to.include({ host: '::1', port: 2525, secure: false, username: '' });
    expect(readSmtpAddress('smtp://mail.example.com/')).to.include({ host: 'mail.example.com', port: 587 });
  });

  it('refuses an invalid address of a mail server', () => {
    for (const address of [
      'mail.example.com',
      'smtp:mail.example.com',
      'smtp://',
      'http://mail',
      'smtp://mail/path',
      'smtp://mail?pool=true',
      'smtp://:pw@mail',
    ]) {
      expect(faultOf(readSmtpAddress(address)), address).to.be.a('string');
    }
  });

  it('reads hosts, database and options of a MongoDB address, with or without a slash before the options', () => {
    expect(readMongodbAddress('mongodb://u:p@db1:27018,db2,[::1]:27017/name?replicaSet=rs0')).to.deep.equal({
      hosts: ['db1:27018', 'db2', '[::1]:27017'],
      database: 'name',
      options: new Map([['replicaset', 'rs0']]),
    });
    for (const address of ['mongodb://db', 'mongodb://db/', 'mongodb://db?w=majority', 'mongodb://db/?w=majority']) {
      expect(readMongodbAddress(address), address).to.include({ database: undefined });
    }
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['mongodb://', /an address such as mongodb/],
    ['mongodb://db/x?readPreference=secondaryPreferred', /readPreference/],
    ['mongodb://db/x?READPREFERENCE=nearest', /readPreference/],
    ['mongodb://db/x?readConcernLevel=majority', /readConcernLevel/],
    ['mongodb://db/x?readConcernLevel=available', /readConcernLevel/],
    ['mongodb://db/x?w=1', /write concern/],
    ['mongodb://db/x?w=majority&w=0', /write concern/],
    ['mongodb://db/x?journal=false', /journal/],
    ['mongodb://db/x?j=false', /journal/],
    ['mongodb://db/x?tls=true&tlsAllowInvalidCertificates=true', /tlsCAFile/],
    ['mongodb://db/x?tls=true&tlsAllowInvalidHostnames=true', /tlsCAFile/],
    ['mongodb://db/x?tlsInsecure=true', /tlsCAFile/],
    ['mongodb://db/x?loadBalanced=true', /loadBalanced/],
    ['mongodb://db/admin', /authSource/],
    ['mongodb://db/local', /of its own/],
    ['mongodb://db/na%20me', /without space/],
    ['mongodb://db/na.me', /without space/],
    ['mongodb://db/a/b', /without space/],
    [`mongodb://db/${'n'.repeat(64)}`, /at most 63 bytes/],
  ];
  for (const [address, reason] of refused) {
    it(`refuses ${address.slice(0, 70)}`, () => {
      expect(faultOf(readMongodbAddress(address))).to.match(reason);
    });
  }

  it('accepts the options that hosting providers use', () => {
    for (const options of [
      'retryWrites=true&w=majority&appName=Cluster0',
      'journal=true',
      'w=majority&journal=true',
      'readPreference=primary&readConcernLevel=local',
      'tls=true&tlsAllowInvalidCertificates=false',
      'authSource=admin&replicaSet=rs0',
    ]) {
      expect(faultOf(readMongodbAddress(`mongodb://u:p@db/x?${options}`)), options).to.equal(undefined);
    }
  });

  it('masks user name, password and options, and nothing else', () => {
    expect(maskAddress('mongodb://u:p@db1:27017,db2/x?authSource=admin')).to.equal('mongodb://***@db1:27017,db2/x?***');
    expect(maskAddress('mongodb://db1,db2')).to.equal('mongodb://db1,db2');
    expect(maskAddress('smtps://u:p@mail.example.com:465')).to.equal('smtps://***@mail.example.com:465');
    expect(maskAddress('smtp://[::1]:25')).to.equal('smtp://[::1]:25');
    expect(maskAddress('sqlite:/var/lib/gatehouse.db')).to.equal('sqlite:/var/lib/gatehouse.db');
    expect(maskAddress('postgres://u:p@db')).to.equal('***');
  });
});
