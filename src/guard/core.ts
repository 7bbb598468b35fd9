/** What every adapter is built on: the check of a request, and the answers. No framework is known here. */
import { jsonAnswer, toAnswer, type Answer } from './answer.ts';
import type { Check } from './check.ts';
import type { Claims } from './claims.ts';
import { GuardError, insufficientScope } from './errors.ts';
import type { GuardRequest } from './request.ts';
import type { ResourceMetadata } from './resource-metadata.ts';

export type Admission = { readonly claims: Claims } | { readonly answer: Answer };

export interface Core {
  /**
   * Prepares the check of a route. If the claims of the request are known, because another `require` let it pass, only
   * the scopes are checked: a DPoP proof can be used once (RFC 9449 §11.1).
   * @throws {TypeError} if a scope has a syntax that no token can have
   */
  route(scopes: readonly string[]): (request: GuardRequest, known: Claims | undefined) => Promise<Admission>;
  /** The answer to a request for the protected-resource metadata; undefined for any other request. */
  metadata(request: Pick<GuardRequest, 'method' | 'target'>): Answer | undefined;
}

/** RFC 6749 §3.3. */
const scopeSyntax = /^[\u0021\u0023-\u005B\u005D-\u007E]+$/;

/** @throws {GuardError} 403 if the token lacks one */
function requireScopes(claims: Claims, scopes: readonly string[]): void {
  const missing = scopes.filter((scope) => !claims.scopes.has(scope));
  if (missing.length > 0) {
    throw insufficientScope(scopes, missing);
  }
}

export function createCore(options: {
  readonly check: Check;
  readonly resourceMetadata: ResourceMetadata;
  readonly realm: string | undefined;
}): Core {
  const { check, resourceMetadata, realm } = options;
  return {
    route(scopes) {
      for (const scope of scopes as readonly unknown[]) {
        // From JavaScript it may be a list, which no token would have.
        if (typeof scope !== 'string' || !scopeSyntax.test(scope)) {
          throw new TypeError(`${JSON.stringify(scope)} is not a scope.`);
        }
      }
      resourceMetadata.addScopes(scopes);
      return async (request, known) => {
        try {
          const claims = known ?? (await check(request));
          requireScopes(claims, scopes);
          return { claims };
        } catch (error) {
          if (error instanceof GuardError) {
            return { answer: toAnswer(error, realm, resourceMetadata.url) };
          }
          throw error;
        }
      };
    },
    metadata: ({ method, target }) =>
      ['GET', 'HEAD'].includes(method) && resourceMetadata.isAt(target)
        ? jsonAnswer(resourceMetadata.document())
        : undefined,
  };
}
