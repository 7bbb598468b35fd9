/**
 * The step that offers a passkey to a user who has signed in with a password. It is due once for each user, and only in
 * a browser that can make one, as the script of the sign-in page has found. The user may skip it. Not where a
 * remembered device has replaced the second factor: the passkey would replace it everywhere.
 */
import type { Context } from 'koa';
import { ConflictError, GatehouseError, InvalidInputError } from '../../errors.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { PasskeyService } from '../../services/sign-in/passkeys.ts';
import type { UserService } from '../../services/users/users.ts';
import type { NewPasskeyError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { ShowPage } from '../page.ts';
import type { LaterStep } from './login.ts';
import { createHasProvedAllFactors } from './proved-factors.ts';
import { userOf } from './proved-user.ts';
import type { SecondFactorStepDependencies } from './second-factor.ts';

export interface PasskeyOfferDependencies extends Pick<SecondFactorStepDependencies, 'secondFactors'> {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly passkeys: PasskeyService;
  readonly users: Pick<UserService, 'find'>;
}

const path = 'passkey-offer';

/** What was wrong with a new passkey; undefined if the error is another one. */
export function newPasskeyErrorOf(error: unknown): NewPasskeyError | undefined {
  if (error instanceof ConflictError) {
    return 'conflict';
  }
  return error instanceof InvalidInputError ? (error.field === 'name' ? 'name' : 'response') : undefined;
}

export function passkeyOfferStep({ pages, passkeys, users, ...deps }: PasskeyOfferDependencies): LaterStep {
  const hasProvedAllFactors = createHasProvedAllFactors(deps);

  async function show(ctx: Context, interaction: Interaction, error?: NewPasskeyError, status = 200): Promise<void> {
    const client = await pages.clientOf(interaction);
    const user = await userOf(users, interaction.proof);
    deps.show(
      ctx,
      'interaction/passkey-offer',
      {
        action: pages.addressOf(interaction, path),
        csrf: pages.csrfOf(interaction),
        options: JSON.stringify(await passkeys.creationOptions(user, pages.bindingOf(interaction))),
        email: user.email,
        ...(error === undefined ? {} : { error }),
      },
      { status, client },
    );
  }

  return {
    path,
    begins: false,
    isDue: async (proof, interaction, _ctx, findUser) =>
      proof.canMakePasskey === true &&
      // Not when a signed-in user confirms who they are.
      interaction.accountId !== proof.accountId &&
      (await hasProvedAllFactors(proof, findUser)) &&
      passkeys.isOfferDue(proof.accountId),
    show: (ctx, interaction) => show(ctx, interaction),
    take: async (ctx, interaction, form): Promise<LoginProof | undefined> => {
      const { proof } = interaction;
      const user = await userOf(users, interaction.proof);
      if (form.get('decision') !== 'skip') {
        try {
          const made = { response: form.get('response') ?? '', binding: pages.bindingOf(interaction), name: '' };
          await passkeys.register(user, made, actorOf(ctx.req, user._id));
        } catch (error) {
          const code = newPasskeyErrorOf(error);
          if (code === undefined || !(error instanceof GatehouseError)) {
            throw error;
          }
          await show(ctx, interaction, code, error.status);
          return undefined;
        }
      }
      await passkeys.closeOffer(user._id);
      return proof;
    },
  };
}
