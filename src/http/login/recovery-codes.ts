/** The step that shows the recovery codes of a user who has just added the first second factor while signing in. */
import type { Context } from 'koa';
import type { UserService } from '../../services/users/users.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { ShowPage } from '../page.ts';
import { sendRecoveryCodes } from '../recovery-code-file.ts';
import type { ShownOnce } from '../shown-once.ts';
import type { LaterStep } from './login.ts';
import { userOf } from './proved-user.ts';

export interface RecoveryCodeStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly users: Pick<UserService, 'find'>;
  readonly codesToShow: ShownOnce;
  readonly brandName: string;
}

const path = 'recovery-codes';

export function recoveryCodeStep({
  pages,
  show,
  users,
  codesToShow,
  brandName,
}: RecoveryCodeStepDependencies): LaterStep {
  const codesOf = (ctx: Context, binding: string): readonly string[] =>
    codesToShow.read(ctx, binding)?.split(' ') ?? [];

  return {
    path,
    begins: false,
    isDue: (_proof, interaction, ctx) => codesOf(ctx, pages.bindingOf(interaction)).length > 0,

    show: async (ctx, interaction) => {
      const client = await pages.clientOf(interaction);
      const user = await userOf(users, interaction.proof);
      show(
        ctx,
        'interaction/recovery-codes',
        {
          action: pages.addressOf(interaction, path),
          csrf: pages.csrfOf(interaction),
          client: { name: pages.nameOf(client) },
          email: user.email,
          codes: codesOf(ctx, pages.bindingOf(interaction)),
        },
        { client },
      );
    },

    take: async (ctx, interaction, form) => {
      const { proof } = interaction;
      const user = await userOf(users, proof);
      if (form.get('choice') === 'download') {
        sendRecoveryCodes(ctx, codesOf(ctx, pages.bindingOf(interaction)), { brandName, email: user.email });
        return undefined;
      }
      codesToShow.remove(ctx);
      return proof;
    },
  };
}
