/**
 * An authenticator in software (Web Authentication Level 3, §6), for tests without a browser. It has one credential,
 * and answers options as a browser would at `origin`. Everything that a server must check can be set to a wrong value.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What the authenticator claims. */
export interface Claims {
  readonly origin: string;
  readonly rpId?: string;
  readonly userVerified?: boolean;
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
  /** The signature counter of the next response. Absent: it stays 0. */
  readonly counter?: number;
  readonly aaguid?: string;
  /** Absent: the user handle that the credential was made for. */
  readonly userHandle?: string | null;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
}

type Options = Readonly<Record<string, unknown>>;

/** CBOR (RFC 8949) of what an attestation and a key contain. */
function cbor(value: number | string | Buffer | ReadonlyMap<number | string, unknown>): Buffer {
  const head = (major: number, argument: number): Buffer =>
    argument < 24
      ? Buffer.from([(major << 5) | argument])
      : argument < 256
        ? Buffer.from([(major << 5) | 24, argument])
        : Buffer.from([(major << 5) | 25, argument >> 8, argument & 255]);
  if (typeof value === 'number') {
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  }
  if (typeof value === 'string') {
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  }
  if (Buffer.isBuffer(value)) {
    return Buffer.concat([head(2, value.length), value]);
  }
  const entries = [...(value as ReadonlyMap<number | string, string>)].flatMap(([key, one]) => [cbor(key), cbor(one)]);
  return Buffer.concat([head(5, entries.length / 2), ...entries]);
}

function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return cbor(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const field = (options: Options, name: string): string => String(options[name]);
const inside = (options: Options, name: string): Options => options[name] as Options;

export function createAuthenticator() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let handle: string | undefined;

  function clientData(options: Options, claims: Claims, type: string): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: claims.type ?? type,
        challenge: claims.challenge ?? field(options, 'challenge'),
        origin: claims.origin,
        crossOrigin: claims.crossOrigin ?? false,
      }),
    );
  }

  function authenticatorData(rpId: string, claims: Claims, attested: Buffer): Buffer {
    const { userVerified = true, backupEligible = true, backedUp = backupEligible, counter = 0 } = claims;
    const flags =
      1 | (userVerified ? 4 : 0) | (backupEligible ? 8 : 0) | (backedUp ? 16 : 0) | (attested.length > 0 ? 64 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(claims.rpId ?? rpId), Buffer.from([flags]), count, attested]);
  }

  return {
    credentialId: id.toString('base64url'),

    /** Answers the options of `navigator.credentials.create()`. @returns a RegistrationResponseJSON, as JSON */
    make: (options: Options, claims: Claims): string => {
      handle = field(inside(options, 'user'), 'id');
      const aaguid = Buffer.from((claims.aaguid ?? '00000000-0000-0000-0000-000000000000').replaceAll('-', ''), 'hex');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const data = authenticatorData(
        field(inside(options, 'rp'), 'id'),
        claims,
        Buffer.concat([aaguid, length, id, coseKey(publicKey)]),
      );
      const attestation = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', data],
        ]),
      );
      return JSON.stringify({
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData(options, claims, 'webauthn.create').toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal', 'something-new'],
        },
        clientExtensionResults: { credProps: { rk: true } },
        authenticatorAttachment: 'platform',
      });
    },

    /** Answers the options of `navigator.credentials.get()`. @returns an AuthenticationResponseJSON, as JSON */
    use: (options: Options, claims: Claims): string => {
      const data = authenticatorData(field(options, 'rpId'), claims, Buffer.alloc(0));
      const client = clientData(options, claims, 'webauthn.get');
      const userHandle = claims.userHandle === undefined ? handle : claims.userHandle;
      return JSON.stringify({
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
          ...(userHandle === null ? {} : { userHandle }),
        },
        clientExtensionResults: {},
      });
    },
  };
}

export type Authenticator = ReturnType<typeof createAuthenticator>;
