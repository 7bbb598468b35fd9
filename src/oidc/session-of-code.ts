/**
 * What a code knows of its login session, so that the exchange of the code need not read the session again: the request
 * that issued the code has read and extended it. Whoever ends a session before its time removes its codes. If the code
 * ends with the session, it also knows the app's part of it (`sid`), and so does everything that is issued from it.
 */
import { Provider } from 'oidc-provider';
import type { StoredCode } from '../storage/repositories/authorization-codes.ts';
import type { KnownSession } from '../storage/repositories/issued-tokens.ts';
import type { Payload } from '../storage/repositories/oidc-payloads.ts';

/** The member of a code's payload: when its login session ends, if it is not used again. Seconds since the epoch. */
const member = 'sessionEnd';

/** What a code that is issued in this request stores of its session. A new session does not know its end yet. */
export function sessionForCode(code: Payload): Payload {
  const session = Provider.ctx?.oidc.session;
  if (session === undefined || session.uid !== code['sessionUid'] || session.accountId !== code['accountId']) {
    return {};
  }
  const sid = code['expiresWithSession'] === true ? session.sidFor(String(code['clientId'])) : undefined;
  return {
    ...(typeof session.exp === 'number' ? { [member]: session.exp } : {}),
    ...(sid === undefined ? {} : { sid }),
  };
}

/** The session as it was when the code was issued. Undefined if the code does not know it. */
export function sessionOfCode({ document: { createdAt }, payload }: StoredCode): KnownSession | undefined {
  const end = payload[member];
  return typeof end === 'number' ? { readAt: createdAt, endsAt: new Date(end * 1000) } : undefined;
}
