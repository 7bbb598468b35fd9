/** The first factor that is a passkey: it replaces the password, and proves two factors at once. */
import type { Context } from 'koa';
import { GatehouseError, InvalidInputError, OverloadedError, ThrottledError } from '../../errors.ts';
import { multiFactorContext, multiFactorMethod } from '../../oidc/authentication-context.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { PasskeySignInService } from '../../services/sign-in/passkey-sign-in.ts';
import type { PasskeyRequest, PasskeyService } from '../../services/sign-in/passkeys.ts';
import type { PasskeyDocument } from '../../storage/collections.ts';
import type { PasskeyError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { ShowPage } from '../page.ts';
import type { FirstStep } from './login.ts';
import type { FindWays } from './ways.ts';

export interface PasskeyStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly passkeys: Pick<PasskeyService, 'available' | 'hasPasskey' | 'requestOptions'>;
  readonly passkeySignIn: PasskeySignInService;
}

/** What the sign-in page needs so that the browser offers passkeys in the email field. */
export interface PasskeyAutofill {
  readonly action: string;
  readonly options: string;
}

const path = 'passkey';

/** A passkey that can be synchronised is software on several devices; any other is kept by hardware (RFC 8176 §2). */
export function passkeyMethods({ backupEligible }: Pick<PasskeyDocument, 'backupEligible'>): readonly string[] {
  return [backupEligible ? 'swk' : 'hwk', 'user'];
}

function errorOf(error: unknown): PasskeyError | undefined {
  return error instanceof ThrottledError
    ? 'throttled_address'
    : error instanceof OverloadedError
      ? 'overloaded'
      : error instanceof InvalidInputError
        ? 'refused'
        : undefined;
}

/** The passkey that is asked for: of the user who confirms who they are, else of anybody. */
async function requestOf(pages: InteractionPages, interaction: Interaction): Promise<PasskeyRequest> {
  const user = await pages.reauthenticatedUser(interaction);
  return { binding: pages.bindingOf(interaction), accountId: user?._id };
}

export function passkeyStep(deps: PasskeyStepDependencies): FirstStep {
  const { pages, passkeys, passkeySignIn } = deps;

  async function show(
    ctx: Context,
    interaction: Interaction,
    state: {
      readonly remember?: boolean;
      readonly error?: PasskeyError;
      readonly retryAfter?: number | undefined;
    } = {},
    status = 200,
  ): Promise<void> {
    const client = await pages.clientOf(interaction);
    const request = await requestOf(pages, interaction);
    deps.show(
      ctx,
      'interaction/passkey',
      {
        action: pages.addressOf(interaction, path),
        csrf: pages.csrfOf(interaction),
        options: JSON.stringify(await passkeys.requestOptions(request)),
        client: { name: pages.nameOf(client) },
        reauthentication: request.accountId !== undefined,
        remember: state.remember ?? false,
        passwordAction: pages.addressOf(interaction, 'login'),
        start: state.error === undefined,
        ...(state.error === undefined ? {} : { error: state.error }),
        ...(state.retryAfter === undefined ? {} : { retryAfter: state.retryAfter }),
      },
      { status, client },
    );
  }

  return {
    path,
    begins: true,
    show: (ctx, interaction) => show(ctx, interaction),
    take: async (ctx, interaction, form) => {
      const remember = form.get('remember') === 'yes';
      try {
        const result = await passkeySignIn.signIn({
          ...(await requestOf(pages, interaction)),
          ...originOf(ctx.req),
          response: form.get('response') ?? '',
        });
        if (result.outcome === 'refused') {
          await show(ctx, interaction, { remember, error: 'refused' }, 401);
          return undefined;
        }
        const { user, passkey, at, credentialsVersion } = result;
        return {
          accountId: user._id,
          credentialsVersion,
          at,
          // A user who is already remembered stays remembered when they confirm who they are.
          remember: remember || (await interaction.isRemembered(user._id)),
          amr: [...passkeyMethods(passkey), multiFactorMethod],
          acr: multiFactorContext,
        };
      } catch (error) {
        const code = errorOf(error);
        if (code === undefined || !(error instanceof GatehouseError)) {
          throw error;
        }
        if (error.retryAfter !== undefined) {
          ctx.set('Retry-After', String(error.retryAfter));
        }
        await show(ctx, interaction, { remember, error: code, retryAfter: error.retryAfter }, error.status);
        return undefined;
      }
    },
  };
}

type WayDependencies = Pick<PasskeyStepDependencies, 'pages' | 'passkeys'>;

/** The button on the sign-in page. A user who confirms who they are sees it if they have a passkey. */
export function passkeyWays({ pages, passkeys }: WayDependencies): FindWays {
  return async (interaction) => {
    const user = passkeys.available ? await pages.reauthenticatedUser(interaction) : undefined;
    const offered = passkeys.available && (user === undefined || (await passkeys.hasPasskey(user._id)));
    return offered
      ? [{ code: 'passkey', kind: 'button', method: 'get', action: pages.addressOf(interaction, path) }]
      : [];
  };
}

/**
 * Lets the browser offer passkeys in the email field of the sign-in page (WebAuthn §5.1.4, conditional mediation). Not
 * where a user confirms who they are: that field is filled in.
 */
export function passkeyAutofill({ pages, passkeys }: WayDependencies) {
  return async (interaction: Interaction): Promise<PasskeyAutofill | undefined> =>
    passkeys.available && (await pages.reauthenticatedUser(interaction)) === undefined
      ? {
          action: pages.addressOf(interaction, path),
          options: JSON.stringify(await passkeys.requestOptions({ binding: pages.bindingOf(interaction) })),
        }
      : undefined;
}
