/**
 * The step that asks for the second factor of a user who needs one: a code of an app, a recovery code, or (by the page
 * of that first factor, which proves both) a passkey.
 */
import type { Context } from 'koa';
import { GatehouseError, OverloadedError, ThrottledError } from '../../errors.ts';
import { isMultiFactor, multiFactorContext, multiFactorMethod } from '../../oidc/authentication-context.ts';
import type { CookieRules } from '../../oidc/cookies.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { RecoveryCodeService } from '../../services/sign-in/recovery-codes.ts';
import type { RememberedDeviceService } from '../../services/sign-in/remembered-devices.ts';
import type { SecondFactorService } from '../../services/sign-in/second-factors.ts';
import type { UserService } from '../../services/users/users.ts';
import type { SecondFactorError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { ShowPage } from '../page.ts';
import type { LaterStep } from './login.ts';
import { userOf } from './proved-user.ts';

export interface SecondFactorStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly users: Pick<UserService, 'find'>;
  readonly secondFactors: SecondFactorService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly rememberedDevices: RememberedDeviceService;
  /** Whether a user has a passkey. */
  readonly hasPasskey: (accountId: string) => Promise<boolean>;
  readonly cookies: CookieRules;
}

function errorOf(error: unknown): SecondFactorError | undefined {
  if (error instanceof ThrottledError) {
    return error.concerns === 'address' ? 'throttled_address' : 'throttled';
  }
  return error instanceof OverloadedError ? 'overloaded' : undefined;
}

/** The proof that a second factor adds to a login. `otp` is a one-time code, be it from an app or from a list. */
export function oneTimeCodeProof(before: LoginProof, at: Date): LoginProof {
  return { ...before, at, amr: ['otp', multiFactorMethod], acr: multiFactorContext };
}

const path = 'second-factor';

export function secondFactorStep(deps: SecondFactorStepDependencies): LaterStep {
  const { pages, users, secondFactors, recoveryCodes, rememberedDevices, cookies } = deps;

  const deviceOf = (ctx: Context): string | undefined =>
    ctx.cookies.get(cookies.names.rememberedDevice, { signed: true });

  /** Whether the app accepts a login in which the browser replaces the second factor. */
  const acceptsRememberedDevice = ({ asksAgain, needsMultiFactor }: Interaction): boolean =>
    !asksAgain && !needsMultiFactor;

  async function show(
    ctx: Context,
    interaction: Interaction,
    state: { readonly error?: SecondFactorError; readonly retryAfter?: number | undefined } = {},
    status = 200,
  ): Promise<void> {
    const client = await pages.clientOf(interaction);
    const user = await userOf(users, interaction.proof);
    const hasPasskey = await deps.hasPasskey(user._id);
    deps.show(
      ctx,
      'interaction/second-factor',
      {
        action: pages.addressOf(interaction, path),
        cancelAction: pages.addressOf(interaction, 'cancel'),
        anotherAccount: pages.addressOf(interaction, 'login'),
        csrf: pages.csrfOf(interaction),
        client: { name: pages.nameOf(client) },
        email: user.email,
        hasApp: (await secondFactors.listApps(user._id)).length > 0,
        hasRecoveryCodes: ((await recoveryCodes.count(user._id)) ?? 0) > 0,
        ...(hasPasskey ? { passkey: pages.addressOf(interaction, 'passkey') } : {}),
        ...(rememberedDevices.lifetime > 0 ? { rememberFor: rememberedDevices.lifetime } : {}),
        ...(state.error === undefined ? {} : { error: state.error }),
        ...(state.retryAfter === undefined ? {} : { retryAfter: state.retryAfter }),
      },
      { status, client },
    );
  }

  return {
    path,
    begins: false,

    isDue: async (proof, interaction, ctx, findUser) => {
      if (isMultiFactor(proof.amr)) {
        return false;
      }
      const user = await findUser();
      return (
        ((await secondFactors.needsSecondFactor(user)) ||
          (interaction.needsMultiFactor && (await secondFactors.hasSecondFactor(user)))) &&
        !(acceptsRememberedDevice(interaction) && (await rememberedDevices.find(deviceOf(ctx), user)) !== undefined)
      );
    },

    show: (ctx, interaction) => show(ctx, interaction),

    take: async (ctx, interaction, form) => {
      const { proof } = interaction;
      const user = await userOf(users, proof);
      const actor = actorOf(ctx.req, user._id);
      try {
        const result = await secondFactors.check(user, form.get('code') ?? '', actor);
        if (result.outcome === 'refused' || proof === undefined) {
          await show(ctx, interaction, { error: 'wrong_code' }, 401);
          return undefined;
        }
        if (form.get('remember_device') === 'yes' && rememberedDevices.lifetime > 0) {
          const device = await rememberedDevices.remember(proof, actor);
          ctx.cookies.set(cookies.names.rememberedDevice, device.value, {
            ...cookies.options,
            path: '/',
            expires: device.expiresAt,
          });
        }
        return oneTimeCodeProof(proof, result.at);
      } catch (error) {
        const code = errorOf(error);
        if (code === undefined || !(error instanceof GatehouseError)) {
          throw error;
        }
        if (error.retryAfter !== undefined) {
          ctx.set('Retry-After', String(error.retryAfter));
        }
        await show(ctx, interaction, { error: code, retryAfter: error.retryAfter }, error.status);
        return undefined;
      }
    },
  };
}
