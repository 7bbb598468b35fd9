/**
 * The client of the account page. The page signs users in by the same flow as every app, as this client. It is part of
 * the engine's configuration and not stored, and nobody can register its id.
 */
export const accountClientId = 'gatehouse-account';

/** The path of its redirect URI. */
export const accountCallbackPath = '/account/signed-in';
