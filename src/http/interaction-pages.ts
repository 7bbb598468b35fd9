/** What the pages of an interaction have in common: where their forms go, who asks, who is signed in. */
import { brandingOf } from '../oidc/client-metadata.ts';
import { accountClientId } from '../oidc/configuration.ts';
import type { Interaction } from '../oidc/interactions.ts';
import type { ClientService } from '../services/clients.ts';
import type { UserService } from '../services/users.ts';
import type { ViewContext } from '../views.ts';
import type { Forms } from './middleware/forms.ts';

export interface InteractionPages {
  /** The address of an interaction's page, or of what its forms are sent to. */
  addressOf(interaction: Interaction, target?: string): string;
  /** What a form of its pages is bound to. */
  bindingOf(interaction: Interaction): string;
  /** The token of its pages' forms. */
  csrfOf(interaction: Interaction): string;
  /** The app that asks; undefined where a user signs in to their own account page. */
  clientOf(interaction: Interaction): Promise<ViewContext['client']>;
  /** The email of the user who is signed in; undefined when nobody is, or the user is disabled. */
  signedInEmail(interaction: Interaction): Promise<string | undefined>;
  /** What to call the one that asks. */
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
  return {
    addressOf: ({ uid }, target) => `/interaction/${uid}${target === undefined ? '' : `/${target}`}`,
    bindingOf,
    csrfOf: (interaction) => forms.token(bindingOf(interaction)),
    clientOf: async ({ clientId }) => {
      const client = clientId === accountClientId ? null : await clients.find(clientId);
      return client === null ? undefined : brandingOf(client);
    },
    signedInEmail: async ({ accountId }) => {
      const user = accountId === undefined ? null : await users.find(accountId);
      return user === null || user.disabled ? undefined : user.email;
    },
    nameOf: (client) => client?.name ?? brandName,
  };
}
