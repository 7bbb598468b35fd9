/**
 * The response to a request that used a code or a refresh token, kept for a repeat of exactly this request. It is
 * sealed for the holder of the code or token, so that the database alone cannot give it away.
 */
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { sealForHolder, unsealAsHolder } from '../../crypto/bearer-sealing.ts';
import type { RequestedApis } from '../requested-apis.ts';
import type { TokenResponse } from './issuing.ts';

/** What must be the same in a repeat: the client, and what it asks for. */
export type RequestFingerprint = string;

/** The parameters, as they were understood: scopes in any order, an API by its registered identifier. */
export function fingerprintOf(ctx: TokenEndpointGrantContext, requestedApis: RequestedApis): RequestFingerprint {
  const { client, params, requestParamScopes } = ctx.oidc;
  return JSON.stringify({
    client: client.clientId,
    scope: [...requestParamScopes].toSorted(),
    resource: requestedApis.isForUserinfo(ctx) ? 'userinfo' : (params['resource'] ?? null),
  });
}

export interface RepeatableResponse {
  readonly request: RequestFingerprint;
  readonly body: TokenResponse;
}

/** @param documentId the id of the document that holds the result */
export function sealResponse(value: string, documentId: string, response: RepeatableResponse): string {
  return sealForHolder(value, JSON.stringify(response), documentId);
}

/** @throws UnsealableError */
export function unsealResponse(value: string, documentId: string, sealed: string): RepeatableResponse {
  return JSON.parse(unsealAsHolder(value, sealed, documentId)) as RepeatableResponse;
}
