/** The package `gatehouse/testing`: the server as a test double (docs/testing.md). */
export { startControl, type Control } from './control.ts';
export { startTestServer, type PersonalTokenRequest, type TestServer, type TestServerOptions } from './test-server.ts';
export type { NewTestApi, NewTestClient, NewTestUser, TestApi, TestClient, TestUser } from './directory.ts';
export type { EndpointName, Failure } from './faults.ts';
export type { PlaywrightPage } from './sign-in.ts';
export type { TokenRequest, TokenResponse } from './tokens.ts';
