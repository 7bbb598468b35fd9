/**
 * Reads which APIs a request names: by `resource` (RFC 8707 §2) or by `audience`, the name that Auth0's libraries use.
 * An address is compared as RFC 3986 says, and continues as the registered identifier.
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { registeredIdentifier, resourceKey } from '../services/values/resource-key.ts';
import { apisOf } from './client-metadata.ts';
import { lengthProblem } from './parameter-limits.ts';

export interface NamedResources {
  /** Identifiers of APIs: those of the client as they are registered, all others as they were sent. */
  readonly apis: readonly string[];
  /** Whether the issuer is named, which means userinfo. An API that is registered under that address comes first. */
  readonly userinfo: boolean;
}

function textsOf(name: string, value: unknown): readonly string[] {
  if (value === undefined) {
    return [];
  }
  const problem = lengthProblem(name, value);
  if (problem !== undefined) {
    throw new errors.InvalidRequest(problem);
  }
  const values: readonly unknown[] = [value].flat().filter((one) => one !== undefined);
  return values.map((one) => {
    if (typeof one !== 'string') {
      throw new errors.InvalidTarget(`${name} must be text: the address of an API`);
    }
    return one;
  });
}

/**
 * Reads `resource` and `audience`, which must be the same if both are sent, and removes `audience`.
 * @throws InvalidRequest, InvalidTarget
 */
export function readNamedResources(ctx: KoaContextWithOIDC, issuer: string): NamedResources {
  const { params = {}, client } = ctx.oidc;
  const resources = textsOf('resource', params['resource']);
  const audiences = textsOf('audience', params['audience']);
  params['audience'] = undefined;
  if (resources.length === 0 && audiences.length === 0) {
    return { apis: [], userinfo: false };
  }
  const areBoth = resources.length > 0 && audiences.length > 0;
  if (areBoth && new Set([...resources, ...audiences].map(resourceKey)).size > 1) {
    throw new errors.InvalidRequest('resource and audience name different APIs: send resource alone');
  }
  const registered = client === undefined ? [] : apisOf(client);
  const named = (resources.length > 0 ? resources : audiences).map((text) => ({
    text,
    identifier: registeredIdentifier(registered, text),
  }));
  const isIssuer = ({ text, identifier }: (typeof named)[number]): boolean =>
    identifier === undefined && resourceKey(text) === resourceKey(issuer);
  return {
    apis: [...new Set(named.filter((one) => !isIssuer(one)).map(({ text, identifier }) => identifier ?? text))],
    userinfo: named.some(isIssuer),
  };
}
