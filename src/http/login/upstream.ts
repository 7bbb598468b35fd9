/** The buttons of other identity providers on the sign-in page, and the messages when a sign-in there did not work. */
import type { Context } from 'koa';
import { isMultiFactor, multiFactorContext } from '../../oidc/authentication-context.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import type { UpstreamLogin } from '../../oidc/upstream-login.ts';
import type { UpstreamIdentity } from '../../services/upstream/upstream-identity.ts';
import type { UpstreamService } from '../../services/upstream/upstreams.ts';
import { credentialsVersionOf } from '../../services/users/users.ts';
import type { UpstreamDocument, UserDocument } from '../../storage/collections.ts';
import type { LoginProblem } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import { providerProblems, type Notices } from '../notices.ts';
import type { FindWays } from './ways.ts';

/** Seconds within which the user must have signed in at the provider. Undefined: at any time. */
export function maxAgeOf({ promptsLogin, maxAge }: Interaction): number | undefined {
  return promptsLogin ? 0 : maxAge;
}

/** The proof of a sign-in with a provider. */
export async function upstreamProof(
  interaction: Interaction,
  user: UserDocument,
  { amr, acr }: UpstreamIdentity,
  upstream: UpstreamLogin,
  at: Date,
): Promise<LoginProof> {
  // Two factors that the operator trusts are of the class of two factors, whatever the provider calls it.
  const ourAcr = acr ?? (isMultiFactor(amr) ? multiFactorContext : undefined);
  return {
    accountId: user._id,
    credentialsVersion: credentialsVersionOf(user),
    at,
    remember: await interaction.isRemembered(user._id),
    amr,
    ...(ourAcr === undefined ? {} : { acr: ourAcr }),
    upstream,
  };
}

/** Whether the provider can show when the user signed in. */
function canConfirm({ protocol, trustReauthentication }: UpstreamDocument): boolean {
  return protocol === 'oidc' || trustReauthentication === true;
}

/** The button of each provider that can give what the interaction asks for. */
export function upstreamWays(deps: {
  readonly upstreams: Pick<UpstreamService, 'list'>;
  readonly pages: Pick<InteractionPages, 'addressOf'>;
}): FindWays {
  return async (interaction) =>
    (await deps.upstreams.list())
      .filter((upstream) => maxAgeOf(interaction) === undefined || canConfirm(upstream))
      .map(({ _id, name, icon }) => ({
        code: 'provider' as const,
        kind: 'button' as const,
        method: 'post' as const,
        action: deps.pages.addressOf(interaction, `upstream/${_id}`),
        provider: { name, ...(icon === undefined ? {} : { icon }) },
      }));
}

/** Why the last sign-in with another provider did not work, once. */
export type FindProblem = (ctx: Context) => Promise<LoginProblem | undefined>;

export function createFindProblem(deps: {
  readonly upstreams: Pick<UpstreamService, 'find'>;
  readonly notices: Notices;
}): FindProblem {
  const codes = providerProblems.map((problem) => `provider-${problem}` as const);
  return async (ctx) => {
    const notice = deps.notices.takeWithSubject(ctx, codes);
    const upstream = notice === undefined ? null : await deps.upstreams.find(notice.about);
    const problem = providerProblems[codes.findIndex((code) => code === notice?.code)];
    return upstream === null || problem === undefined ? undefined : { code: problem, provider: upstream.name };
  };
}
