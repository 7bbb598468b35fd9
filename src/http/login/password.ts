/** The step that asks for email and password. */
import type { Context } from 'koa';
import { GatehouseError, InvalidInputError, OverloadedError, ThrottledError } from '../../errors.ts';
import { passwordContext } from '../../oidc/authentication-context.ts';
import type { CookieRules } from '../../oidc/cookies.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { AuthenticationService } from '../../services/sign-in/authentication.ts';
import type { LoginError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { ShowPage } from '../page.ts';
import type { FirstStep } from './login.ts';
import type { PasskeyAutofill } from './passkey.ts';
import type { FindProblem } from './upstream.ts';
import type { FindWays } from './ways.ts';

interface LoginState {
  readonly email?: string;
  readonly remember?: boolean;
  readonly error?: LoginError;
  readonly retryAfter?: number | undefined;
}

export interface PasswordStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly authentication: AuthenticationService;
  readonly cookies: CookieRules;
  /** What else the page offers. */
  readonly findWays: FindWays;
  readonly findPasskeyAutofill: (interaction: Interaction) => Promise<PasskeyAutofill | undefined>;
  /** Why a sign-in with another provider did not work. */
  readonly findProblem: FindProblem;
}

function loginErrorOf(error: unknown): LoginError | undefined {
  if (error instanceof ThrottledError) {
    return error.concerns === 'address' ? 'throttled_address' : 'throttled';
  }
  if (error instanceof OverloadedError) {
    return 'overloaded';
  }
  return error instanceof InvalidInputError ? 'invalid_input' : undefined;
}

const path = 'login';

export function passwordStep(deps: PasswordStepDependencies): FirstStep {
  const { pages, authentication, cookies } = deps;

  async function show(ctx: Context, interaction: Interaction, state: LoginState = {}, status = 200): Promise<void> {
    const client = await pages.clientOf(interaction);
    const confirming = await pages.reauthenticatedUser(interaction);
    const known = await pages.signedInEmail(interaction);
    // If another user is to sign in, the email of the signed-in user is not filled in.
    const isKnown = interaction.prompt !== 'login' && interaction.loginHint?.toLowerCase() === known?.toLowerCase();
    const email = confirming?.email ?? state.email ?? (isKnown ? undefined : interaction.loginHint);
    const passkey = await deps.findPasskeyAutofill(interaction);
    const problem = await deps.findProblem(ctx);
    deps.show(
      ctx,
      'interaction/login',
      {
        action: pages.addressOf(interaction, path),
        cancelAction: pages.addressOf(interaction, 'cancel'),
        csrf: pages.csrfOf(interaction),
        client: { name: pages.nameOf(client) },
        reauthentication: confirming !== undefined,
        ways: await deps.findWays(interaction),
        ...(passkey === undefined ? {} : { passkey }),
        remember: state.remember ?? false,
        ...(email === undefined ? {} : { email: email.slice(0, 320) }),
        ...(state.error === undefined ? {} : { error: state.error }),
        ...(problem === undefined ? {} : { problem }),
        ...(state.retryAfter === undefined ? {} : { retryAfter: state.retryAfter }),
      },
      { status, client },
    );
  }

  return {
    path,
    begins: true,
    admit: () => authentication.assertCapacity(),
    show: (ctx, interaction) => show(ctx, interaction),
    take: async (ctx, interaction, form) => {
      const email = form.get('email') ?? '';
      const remember = form.get('remember') === 'yes';
      const device = ctx.cookies.get(cookies.names.device, { signed: true });
      try {
        const result = await authentication.signIn({
          ...originOf(ctx.req),
          email,
          password: form.get('password') ?? '',
          ...(device === undefined ? {} : { device }),
        });
        if (result.outcome === 'refused') {
          await show(ctx, interaction, { email, remember, error: 'invalid_credentials' }, 401);
          return undefined;
        }
        return {
          accountId: result.user._id,
          credentialsVersion: result.credentialsVersion,
          at: result.at,
          // A user who is already remembered stays remembered when they confirm their password.
          remember: remember || (await interaction.isRemembered(result.user._id)),
          amr: ['pwd'],
          acr: passwordContext,
          ...(form.get('can_make_passkey') === 'yes' ? { canMakePasskey: true } : {}),
        };
      } catch (error) {
        const code = loginErrorOf(error);
        if (code === undefined || !(error instanceof GatehouseError)) {
          throw error;
        }
        if (error.retryAfter !== undefined) {
          ctx.set('Retry-After', String(error.retryAfter));
        }
        await show(ctx, interaction, { email, remember, error: code, retryAfter: error.retryAfter }, error.status);
        return undefined;
      }
    },
  };
}
