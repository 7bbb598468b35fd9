/**
 * The apps that have left a login session, in which the user stays signed in. The session has the `sid` of the part
 * that each of them had last (storage/repositories/login-session-payload.ts), so that what an app gets when the user
 * returns is not taken for what has ended.
 */
import type { Provider, Session } from 'oidc-provider';
import { keepInPayload } from './engine-internals.ts';

const field = 'departures';

/** Makes the engine's sessions keep which apps have left them. */
export function keepDepartures(provider: Provider): void {
  keepInPayload(provider.Session, field);
}

/** The part of the session that an app had before it left; undefined if it has not left this session. */
export function departureIn(session: Pick<Session, 'uid'>, clientId: string): string | undefined {
  const departures: unknown = Reflect.get(session, field);
  const sid: unknown =
    typeof departures === 'object' && departures !== null ? Reflect.get(departures, clientId) : undefined;
  return typeof sid === 'string' ? sid : undefined;
}
