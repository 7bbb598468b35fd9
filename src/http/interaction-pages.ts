/** What the pages of an interaction share: the URLs of their forms, the requesting app, the user who is signed in. */
import { brandingOf } from '../oidc/client-metadata.ts';
import { accountClientId } from '../oidc/account-client.ts';
import type { Interaction } from '../oidc/interactions.ts';
import type { ClientService } from '../services/clients/clients.ts';
import type { UserService } from '../services/users/users.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { ViewContext } from '../views.ts';
import type { Forms } from './middleware/forms.ts';

export interface InteractionPages {
  /** The path of an interaction's page, or of the target of one of its forms. */
  addressOf(interaction: Interaction, target?: string): string;
  /** The binding of its forms' CSRF token (see forms.ts). */
  bindingOf(interaction: Interaction): string;
  /** The CSRF token of its forms. */
  csrfOf(interaction: Interaction): string;
  /** The app that sent the request; undefined if the user signs in to their own account page. */
  clientOf(interaction: Interaction): Promise<ViewContext['client']>;
  /** The email of the user who is signed in; undefined when nobody is, or the user is disabled. */
  signedInEmail(interaction: Interaction): Promise<string | undefined>;
  /**
   * The signed-in user who is asked to confirm who they are (`prompt=login`, `max_age`); undefined if anybody may sign
   * in, or the app asks for another user, by a hint or by the claim `sub`.
   */
  reauthenticatedUser(interaction: Interaction): Promise<UserDocument | undefined>;
  /** The name of the app, or of the brand for the account page. */
  nameOf(client: ViewContext['client']): string;
}

export function createInteractionPages(deps: {
  readonly forms: Forms;
  readonly clients: ClientService;
  readonly users: UserService;
  readonly brandName: string;
}): InteractionPages {
  const { forms, clients, users, brandName } = deps;
  const bindingOf = ({ uid }: Interaction): string => `interaction ${uid}`;

  /** The user who is signed in, unless disabled. */
  async function signedIn({ accountId }: Interaction): Promise<UserDocument | undefined> {
    const user = accountId === undefined ? null : await users.find(accountId);
    return user === null || user.disabled ? undefined : user;
  }

  return {
    addressOf: ({ uid }, target) => `/interaction/${uid}${target === undefined ? '' : `/${target}`}`,
    bindingOf,
    csrfOf: (interaction) => forms.token(bindingOf(interaction)),
    clientOf: async ({ clientId }) => {
      const client = clientId === accountClientId ? null : await clients.find(clientId);
      return client === null ? undefined : brandingOf(client);
    },
    signedInEmail: async (interaction) => (await signedIn(interaction))?.email,
    reauthenticatedUser: async (interaction) => {
      const { prompt, reasons } = interaction;
      const forAnotherUser = ['id_token_hint', 'claims_id_token_sub_value'].some((reason) => reasons.includes(reason));
      return prompt === 'login' && !forAnotherUser ? signedIn(interaction) : undefined;
    },
    nameOf: (client) => client?.name ?? brandName,
  };
}
