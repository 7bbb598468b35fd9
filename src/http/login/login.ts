/**
 * A login is a list of steps between an app's request and the session. It begins with one of the first factors (the
 * user chooses one, the first in the list is shown); then every other step follows that is due. A step shows its page
 * and reads its form. Its proof is merged with the proof of the steps before it. When no step is due, the session is
 * created from the merged proof. This file does not depend on the kind of a step.
 */
import type { Context } from 'koa';
import { ExpiredError } from '../../errors.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import type { UserDocument } from '../../storage/collections.ts';
import { sendWrites } from '../../storage/request-scope.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther } from '../page.ts';
import type { RememberDevice } from './device.ts';
import type { FindProvedUser } from './proved-user.ts';

/**
 * Continues after a step, and stores that: when it resolves, the login is complete or has got to its next step. So a
 * link or a code is used up only after what it is for is done.
 */
export type Proceed = (proof: LoginProof) => Promise<void>;

interface Step {
  /** Its form is sent to `/interaction/:uid/<path>`. */
  readonly path: string;
  /**
   * Called before anything is read for its form.
   * @throws OverloadedError if the server is too busy to check the form
   */
  admit?(): void;
  /** Shows its page. */
  show(ctx: Context, interaction: Interaction): Promise<void>;
  /**
   * Reads its form.
   * @param proceed continues with the proof immediately: for a step that must do something after it
   * @returns the proof; undefined if the step has already answered, with a page that shows the error or by `proceed`
   */
  take(ctx: Context, interaction: Interaction, form: Form, proceed: Proceed): Promise<LoginProof | undefined>;
}

/** A first factor, with which a login can begin. Its page is at `/interaction/:uid/<path>`, too. */
export interface FirstStep extends Step {
  readonly begins: true;
}

/** A step after the first factor. */
export interface LaterStep extends Step {
  readonly begins: false;
  /** Whether a login with this proof must take the step before the session is created. */
  isDue(
    proof: LoginProof,
    interaction: Interaction,
    ctx: Context,
    findUser: FindProvedUser,
  ): boolean | Promise<boolean>;
}

/** One step. To add one, write its file and list it in `steps.ts`, which also decides the order. */
export type LoginStep = FirstStep | LaterStep;

export interface Login {
  readonly steps: readonly LoginStep[];
  /** Shows the step that is due. */
  show(ctx: Context, interaction: Interaction): Promise<void>;
  /** Handles the posted form of a step, then redirects to the next step, or creates the session. */
  take(ctx: Context, interaction: Interaction, step: LoginStep, form: Form): Promise<void>;
  /**
   * Continues after a proof that did not come from the form of a step, such as the answer of another provider:
   * redirects to the next step, or creates the session.
   * @param proof the proof of all steps until now
   */
  proceed(ctx: Context, interaction: Interaction, proof: LoginProof): Promise<void>;
  /** The same, stored when it resolves (see {@link Proceed}). @throws StorageUnavailableError */
  proceedNow(ctx: Context, interaction: Interaction, proof: LoginProof): Promise<void>;
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

export interface LoginDependencies {
  /** @throws ExpiredError as {@link FindProvedUser} */
  readonly userOf: (proof: LoginProof) => Promise<UserDocument>;
  /** Called when every step is complete, before the session is created. */
  readonly onComplete: RememberDevice;
}

export function createLogin(steps: readonly LoginStep[], { userOf, onComplete }: LoginDependencies): Login {
  const first = steps.find(({ begins }) => begins);

  function userFinder(proof: LoginProof): FindProvedUser {
    let found: Promise<UserDocument> | undefined;
    return () => (found ??= userOf(proof));
  }

  async function laterDue(
    ctx: Context,
    interaction: Interaction,
    proof: LoginProof,
    findUser: FindProvedUser,
  ): Promise<LaterStep | undefined> {
    for (const step of steps) {
      if (!step.begins && (await step.isDue(proof, interaction, ctx, findUser))) {
        return step;
      }
    }
    return undefined;
  }

  function due(ctx: Context, interaction: Interaction): Promise<LoginStep | undefined> | LoginStep | undefined {
    const { proof } = interaction;
    return proof === undefined ? first : laterDue(ctx, interaction, proof, userFinder(proof));
  }

  async function proceed(ctx: Context, interaction: Interaction, proof: LoginProof): Promise<void> {
    const findUser = userFinder(proof);
    if ((await laterDue(ctx, interaction, proof, findUser)) === undefined) {
      await onComplete(ctx, proof, findUser);
      return seeOther(ctx, await interaction.signIn(proof));
    }
    await interaction.keepProof(proof);
    return seeOther(ctx, `/interaction/${interaction.uid}`);
  }

  async function proceedNow(ctx: Context, interaction: Interaction, proof: LoginProof): Promise<void> {
    await proceed(ctx, interaction, proof);
    await sendWrites();
  }

  return {
    steps,
    show: async (ctx, interaction) => {
      const chosen = steps.find(({ begins, path }) => begins && path === interaction.beginsWith);
      const step = interaction.proof === undefined && chosen ? chosen : await due(ctx, interaction);
      if (step === undefined) {
        throw new ExpiredError('every step of this login is complete');
      }
      await step.show(ctx, interaction);
    },
    take: async (ctx, interaction, step, form) => {
      // A first factor may be repeated, by another user. A later step is accepted only when it is due.
      if (!step.begins && step !== (await due(ctx, interaction))) {
        return seeOther(ctx, `/interaction/${interaction.uid}`);
      }
      const merge = (added: LoginProof) => mergeProofs(step.begins ? undefined : interaction.proof, added);
      const added = await step.take(ctx, interaction, form, (proof) => proceedNow(ctx, interaction, merge(proof)));
      if (added !== undefined) {
        await proceed(ctx, interaction, merge(added));
      }
    },
    proceed,
    proceedNow,
  };
}
