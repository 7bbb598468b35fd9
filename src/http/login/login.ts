/**
 * A login is a list of steps between an app's request and the session: the password today, later a second factor or
 * another identity provider. A step shows its page and reads its form; what it has proved is added to what those before
 * it have, and when no step is due any more the session is made from all of it. Nothing in here knows a kind of step.
 */
import type { Context } from 'koa';
import { ExpiredError } from '../../errors.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther } from '../page.ts';

/** One step. To add one, write its file and name it in `steps.ts`; the order there is the order in which they are taken. */
export interface LoginStep {
  /** Its form is sent to `/interaction/:uid/<path>`. */
  readonly path: string;
  /** Whether a login that has proved this so far must take it. At the beginning nothing is proved. */
  isDue(proof: LoginProof | undefined): boolean | Promise<boolean>;
  /** Shows its page. */
  show(ctx: Context, interaction: Interaction): Promise<void>;
  /** Reads its form. @returns what it has proved; undefined when it has answered by itself, by a page that says what is wrong */
  take(ctx: Context, interaction: Interaction, form: Form): Promise<LoginProof | undefined>;
}

export interface Login {
  readonly steps: readonly LoginStep[];
  /** Shows the step that is due. */
  show(ctx: Context, interaction: Interaction): Promise<void>;
  /** Takes a step whose form was sent, then goes on to the next one or to the session. */
  take(ctx: Context, interaction: Interaction, step: LoginStep, form: Form): Promise<void>;
}

/** What two steps have proved together: the methods of both (`amr`), and the level of the later one that names one (`acr`). */
function together(before: LoginProof | undefined, added: LoginProof): LoginProof {
  if (before === undefined) {
    return added;
  }
  if (before.accountId !== added.accountId || before.credentialsVersion !== added.credentialsVersion) {
    throw new ExpiredError('two steps of a login proved different things');
  }
  return { ...before, ...added, amr: [...new Set([...before.amr, ...added.amr])] };
}

export function createLogin(steps: readonly LoginStep[]): Login {
  async function due(proof: LoginProof | undefined): Promise<LoginStep | undefined> {
    for (const step of steps) {
      if (await step.isDue(proof)) {
        return step;
      }
    }
    return undefined;
  }

  return {
    steps,
    show: async (ctx, interaction) => {
      const step = await due(interaction.proof);
      if (step === undefined) {
        throw new ExpiredError('every step of this login was taken');
      }
      await step.show(ctx, interaction);
    },
    take: async (ctx, interaction, step, form) => {
      // The first one may be taken again, by another user; a later one only in its turn.
      const isFirst = step === (await due(undefined));
      if (!isFirst && step !== (await due(interaction.proof))) {
        return seeOther(ctx, `/interaction/${interaction.uid}`);
      }
      const added = await step.take(ctx, interaction, form);
      if (added === undefined) {
        return;
      }
      const proof = together(isFirst ? undefined : interaction.proof, added);
      if ((await due(proof)) === undefined) {
        return seeOther(ctx, await interaction.signIn(proof));
      }
      await interaction.keepProof(proof);
      return seeOther(ctx, `/interaction/${interaction.uid}`);
    },
  };
}
