/**
 * A login is a list of steps between an app's request and the session: the password today, later a second factor or
 * another identity provider. A step shows its page and reads its form. Its proof is merged with the proof of the steps
 * before it. When no step is due, the session is created from the merged proof. This file does not depend on the kind
 * of a step.
 */
import type { Context } from 'koa';
import { ExpiredError } from '../../errors.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther } from '../page.ts';

/** One step. To add one, write its file and list it in `steps.ts`, which also decides the order. */
export interface LoginStep {
  /** Its form is sent to `/interaction/:uid/<path>`. */
  readonly path: string;
  /** Whether a login with this proof must take the step. The proof is undefined at the beginning. */
  isDue(proof: LoginProof | undefined): boolean | Promise<boolean>;
  /** Shows its page. */
  show(ctx: Context, interaction: Interaction): Promise<void>;
  /** Reads its form. @returns the proof; undefined if the step has already answered with a page that shows the error */
  take(ctx: Context, interaction: Interaction, form: Form): Promise<LoginProof | undefined>;
}

export interface Login {
  readonly steps: readonly LoginStep[];
  /** Shows the step that is due. */
  show(ctx: Context, interaction: Interaction): Promise<void>;
  /** Handles the posted form of a step, then redirects to the next step, or creates the session. */
  take(ctx: Context, interaction: Interaction, step: LoginStep, form: Form): Promise<void>;
}

/** Merges the proof of two steps: the methods of both (`amr`), and the later `acr`, if any. */
function mergeProofs(before: LoginProof | undefined, added: LoginProof): LoginProof {
  if (before === undefined) {
    return added;
  }
  if (before.accountId !== added.accountId || before.credentialsVersion !== added.credentialsVersion) {
    throw new ExpiredError('two steps of a login are about different users or credentials');
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
        throw new ExpiredError('every step of this login is complete');
      }
      await step.show(ctx, interaction);
    },
    take: async (ctx, interaction, step, form) => {
      // The first step may be repeated, by another user. A later step is accepted only when it is due.
      const isFirst = step === (await due(undefined));
      if (!isFirst && step !== (await due(interaction.proof))) {
        return seeOther(ctx, `/interaction/${interaction.uid}`);
      }
      const added = await step.take(ctx, interaction, form);
      if (added === undefined) {
        return;
      }
      const proof = mergeProofs(isFirst ? undefined : interaction.proof, added);
      if ((await due(proof)) === undefined) {
        return seeOther(ctx, await interaction.signIn(proof));
      }
      await interaction.keepProof(proof);
      return seeOther(ctx, `/interaction/${interaction.uid}`);
    },
  };
}
