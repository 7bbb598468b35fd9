/** When a person is asked something before an app gets its code: the list of prompts, in the order they are looked at. */
import { interactionPolicy } from 'oidc-provider';

type Policy = ReturnType<typeof interactionPolicy.base>;

/** `select_account` first (OIDC Core §3.1.2.1), then the engine's own `login` and `consent`. */
export function createInteractionPolicy(): Policy {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}
