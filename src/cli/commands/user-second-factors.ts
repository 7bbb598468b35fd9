/** `gatehouse user reset-second-factors`, and what `gatehouse user show` shows of them. */
import type { SecondFactors } from '../../presenters/second-factors.ts';
import { presentSecondFactors } from '../../presenters/second-factors.ts';
import { presentUser } from '../../presenters/user.ts';
import { commandLine, type Command, type Services } from '../command.ts';
import { printable } from '../output.ts';
import { findUser, userReference, type User } from '../user-reference.ts';

export async function findSecondFactors(services: Services, user: User): Promise<SecondFactors> {
  const { passkeys, recoveryCodes, secondFactors } = services;
  return {
    required: secondFactors.isRequired(user),
    apps: await secondFactors.listApps(user._id),
    passkeys: (await passkeys.listByUser(user._id)).length,
    recoveryCodes: (await recoveryCodes.count(user._id)) ?? 0,
  };
}

export const resetSecondFactors: Command = {
  verb: 'reset-second-factors',
  summary: 'Remove all second factors of a user who has lost them',
  arguments: [{ name: '<user>', description: userReference }],
  help: `Also removes passkeys and recovery codes, and ends all sessions and tokens of the user except personal access tokens. The user gets a mail. Be sure who asks for it.`,
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async (services) => {
      const { _id } = await findUser(services.users, reference);
      await services.secondFactors.reset(await findUser(services.users, _id), commandLine);
      const user = await findUser(services.users, _id);
      return {
        text: `${printable(user.email)} has no second factors any more. All earlier sign-ins have ended.`,
        json: { ...presentUser(user), second_factors: presentSecondFactors(await findSecondFactors(services, user)) },
      };
    }),
};
