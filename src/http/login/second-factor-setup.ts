/**
 * The step in which a user who must have a second factor, and has none, adds an app that shows codes: because the
 * settings demand it, or because the app asks for a login with two factors.
 */
import type { Context } from 'koa';
import { isMultiFactor } from '../../oidc/authentication-context.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { Clock } from '../../clock.ts';
import type { SecondFactorService } from '../../services/sign-in/second-factors.ts';
import type { UserService } from '../../services/users/users.ts';
import type { AuthenticatorAppModel } from '../../views.ts';
import type { AuthenticatorAppForm } from '../authenticator-app-form.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { ShownOnce } from '../shown-once.ts';
import type { LaterStep } from './login.ts';
import { userOf } from './proved-user.ts';
import { oneTimeCodeProof } from './second-factor.ts';

export interface SecondFactorSetupDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly users: Pick<UserService, 'find'>;
  readonly secondFactors: SecondFactorService;
  readonly appForm: AuthenticatorAppForm;
  readonly codesToShow: ShownOnce;
  readonly clock: Clock;
}

const path = 'second-factor-setup';

export function secondFactorSetupStep(deps: SecondFactorSetupDependencies): LaterStep {
  const { pages, users, secondFactors, appForm } = deps;

  async function show(
    ctx: Context,
    interaction: Interaction,
    filledIn?: AuthenticatorAppModel,
    status = 200,
  ): Promise<void> {
    const client = await pages.clientOf(interaction);
    const user = await userOf(users, interaction.proof);
    deps.show(
      ctx,
      'interaction/second-factor-setup',
      {
        action: pages.addressOf(interaction, path),
        cancelAction: pages.addressOf(interaction, 'cancel'),
        anotherAccount: pages.addressOf(interaction, 'login'),
        csrf: pages.csrfOf(interaction),
        client: { name: pages.nameOf(client) },
        email: user.email,
        reason: secondFactors.isRequired(user) ? 'policy' : 'app',
        newApp: filledIn ?? (await appForm.begin(user, pages.bindingOf(interaction))),
      },
      { status, client },
    );
  }

  return {
    path,
    begins: false,

    isDue: async (proof, interaction, _ctx, findUser) => {
      if (isMultiFactor(proof.amr)) {
        return false;
      }
      const user = await findUser();
      return (
        (secondFactors.isRequired(user) || interaction.needsMultiFactor) && !(await secondFactors.hasSecondFactor(user))
      );
    },

    show: (ctx, interaction) => show(ctx, interaction),

    take: async (ctx, interaction, form) => {
      const { proof } = interaction;
      const user = await userOf(users, proof);
      const binding = pages.bindingOf(interaction);
      const taken = await appForm.take(user, binding, form, actorOf(ctx.req, user._id));
      if (taken.outcome === 'refused') {
        await show(ctx, interaction, taken.model, 400);
        return undefined;
      }
      if (taken.outcome === 'conflict' || proof === undefined) {
        seeOther(ctx, pages.addressOf(interaction));
        return undefined;
      }
      if (taken.recoveryCodes !== undefined) {
        deps.codesToShow.keep(ctx, binding, taken.recoveryCodes.join(' '));
      }
      return oneTimeCodeProof(proof, deps.clock.now());
    },
  };
}
