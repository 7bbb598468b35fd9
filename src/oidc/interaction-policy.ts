/** When a person is asked something before an app gets its code: the list of prompts, in the order they are looked at. */
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';

type Policy = ReturnType<typeof interactionPolicy.base>;

/**
 * A login session of somebody who is no more, or was disabled. Sessions end with their account; this is for one that
 * began in that very moment. The engine would go on without a person and fail.
 */
function userIsGone({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.session?.accountId !== undefined && oidc.account === undefined;
}

/** `select_account` first (OIDC Core §3.1.2.1), then the engine's own `login` and `consent`. */
export function createInteractionPolicy(): Policy {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check('account_gone', 'the account cannot be used', 'login_required', userIsGone),
    );
  return policy;
}
