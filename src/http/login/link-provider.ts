/**
 * The step that offers to link the person at another provider, who was not known, with the account that the user has
 * signed in to instead. It is the last step, and due only where all factors of the account have been proved.
 */
import { ConflictError, ExpiredError, InvalidInputError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { SecondFactorService } from '../../services/sign-in/second-factors.ts';
import type { UpstreamLinks } from '../../services/upstream/upstream-links.ts';
import type { UpstreamService } from '../../services/upstream/upstreams.ts';
import type { UserService } from '../../services/users/users.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { ShowPage } from '../page.ts';
import type { LaterStep } from './login.ts';
import { createHasProvedAllFactors } from './proved-factors.ts';

const path = 'link-provider';

export function linkProviderStep(deps: {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly users: Pick<UserService, 'find'>;
  readonly upstreams: Pick<UpstreamService, 'find'>;
  readonly links: Pick<UpstreamLinks, 'link'>;
  readonly secondFactors: Pick<SecondFactorService, 'needsSecondFactor'>;
}): LaterStep {
  const { pages, users, upstreams, links } = deps;
  const hasProvedAllFactors = createHasProvedAllFactors(deps);

  return {
    path,
    begins: false,
    isDue: async (proof, { pendingLink }, _ctx, findUser) =>
      pendingLink !== undefined &&
      (await upstreams.find(pendingLink.upstreamId)) !== null &&
      (await hasProvedAllFactors(proof, findUser)),

    show: async (ctx, interaction) => {
      const client = await pages.clientOf(interaction);
      const upstream = await upstreams.find(interaction.pendingLink?.upstreamId ?? '');
      const user = await users.find(interaction.proof?.accountId ?? '');
      if (upstream === null || user === null) {
        throw new ExpiredError('the provider or the user was deleted');
      }
      const email = interaction.pendingLink?.identity.email;
      deps.show(
        ctx,
        'interaction/link-provider',
        {
          action: pages.addressOf(interaction, path),
          csrf: pages.csrfOf(interaction),
          provider: { name: upstream.name, ...(email === undefined ? {} : { email }) },
          user: { email: user.email },
          client: { name: pages.nameOf(client) },
        },
        { client },
      );
    },

    take: async (ctx, interaction, form) => {
      const { proof, pendingLink } = interaction;
      if (proof === undefined || pendingLink === undefined) {
        throw new ExpiredError('nobody waits to be linked');
      }
      const choice = form.get('choice');
      if (choice !== 'link' && choice !== 'skip') {
        throw new InvalidInputError('choice: expected "link" or "skip".', 'choice');
      }
      const upstream = await upstreams.find(pendingLink.upstreamId);
      await interaction.keepPendingLink(undefined);
      if (choice === 'link' && upstream !== null) {
        const actor = actorOf(ctx.req, proof.accountId);
        await links.link(proof.accountId, upstream, pendingLink.identity, actor).catch((error: unknown) => {
          // Somebody was faster, or there are too many links: the user is signed in anyway, and sees their links.
          if (!(error instanceof ConflictError)) {
            throw error;
          }
        });
      }
      return proof;
    },
  };
}
