/**
 * Signs with ES256 (RFC 7518 §3.4). Node makes a signature as ASN.1. It can bring it into the form of a JWS itself, but
 * that takes longer than signing, and so does handing such a short task to another thread.
 */
import { sign, type KeyObject } from 'node:crypto';

/** Bytes of each of the two numbers of a signature, `r` and `s`. */
const numberBytes = 32;

/** @param key a private key on the curve P-256 */
export function signEs256(key: KeyObject, data: Uint8Array): Buffer {
  const asn1 = sign('sha256', data, key);
  const signature = Buffer.alloc(2 * numberBytes);
  // A sequence of two integers (RFC 3279 §2.2.3), each after its type and length: as short as possible, but positive.
  let begin = 4;
  for (const end of [numberBytes, 2 * numberBytes]) {
    const length = asn1.readUInt8(begin - 1);
    const digits = Math.min(length, numberBytes);
    asn1.copy(signature, end - digits, begin + length - digits, begin + length);
    begin += length + 2;
  }
  return signature;
}
