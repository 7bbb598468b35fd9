/** When a person is asked something before an app gets its code: the list of prompts, in the order they are looked at. */
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';

type Policy = ReturnType<typeof interactionPolicy.base>;

/**
 * A login session of somebody who is no more, or was disabled. Sessions end with their account; this is for one that
 * began in that very moment. The engine would go on without a person and fail.
 */
function userIsGone({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.session?.accountId !== undefined && oidc.account === undefined;
}

/**
 * Refuses a request that nobody could grant, before anybody is asked to sign in for it (RFC 6749 §3.3). The engine asks
 * first, and then reports `access_denied`, which is what an app receives when a person refuses.
 * @throws InvalidScope, which is sent to the app
 */
function refuseWhatNobodyCanGrant({ oidc }: KoaContextWithOIDC): false {
  const resources = Object.values(oidc.resourceServers ?? {});
  if (oidc.params?.['scope'] === undefined) {
    throw new errors.InvalidScope(
      'scope is missing, or holds only offline_access; ask for openid to sign somebody in, or for scopes of an API that the parameter resource names',
      '',
    );
  }
  const scopes = [...oidc.requestParamScopes];
  const ofApi = scopes.some((scope) => resources.some((resource) => resource.scopes.has(scope)));
  const ofPerson = [...oidc.requestParamOIDCScopes].some((scope) => scope !== 'offline_access');
  if (!ofApi && !ofPerson) {
    throw new errors.InvalidScope(
      resources.length === 0
        ? 'scope holds nothing that can be granted; name the API that a scope is of by the parameter resource'
        : 'scope holds nothing that can be granted; the API that resource names has none of these scopes',
      scopes.join(' '),
    );
  }
  return false;
}

/** `select_account` first (OIDC Core §3.1.2.1), then the engine's own `login` and `consent`. */
export function createInteractionPolicy(): Policy {
  const policy = interactionPolicy.base();
  policy.add(
    new interactionPolicy.Prompt(
      { name: 'select_account', requestable: true },
      new interactionPolicy.Check(
        'nothing_to_grant',
        'nothing can be granted',
        'invalid_scope',
        refuseWhatNobodyCanGrant,
      ),
    ),
    0,
  );
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check('account_gone', 'the account cannot be used', 'login_required', userIsGone),
    );
  return policy;
}
