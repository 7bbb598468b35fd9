import { expect } from 'chai';
import type { Context } from 'koa';
import { ExpiredError } from '../../src/errors.ts';
import { createLogin, type Login, type LaterStep, type LoginStep } from '../../src/http/login/login.ts';
import type { Interaction, LoginProof } from '../../src/oidc/interactions.ts';
import type { UserDocument } from '../../src/storage/collections.ts';

const password: LoginProof = {
  accountId: 'usr_ada',
  credentialsVersion: 3,
  at: new Date('2030-01-01T12:00:00Z'),
  remember: true,
  amr: ['pwd'],
};
const code: LoginProof = { ...password, at: new Date('2030-01-01T12:00:30Z'), amr: ['otp', 'mfa'], acr: 'two-factors' };

function step(path: string, proof: LoginProof | undefined, isDue?: LaterStep['isDue']): LoginStep {
  return {
    path,
    ...(isDue === undefined ? { begins: true as const } : { begins: false as const, isDue }),
    show: async (ctx) => {
      ctx.body = path;
    },
    take: async () => proof,
  };
}

/** An interaction that records its sign-ins. */
function begin(): Interaction & { readonly signedIn: LoginProof[] } {
  const signedIn: LoginProof[] = [];
  let proof: LoginProof | undefined;
  const interaction: Pick<Interaction, 'uid' | 'proof' | 'keepProof' | 'signIn'> & { signedIn: LoginProof[] } = {
    uid: 'one',
    get proof() {
      return proof;
    },
    keepProof: async (kept) => {
      proof = kept;
    },
    signIn: async (login) => {
      signedIn.push(login);
      return '/authorize/one';
    },
    signedIn,
  };
  return interaction as ReturnType<typeof begin>;
}

function request(): { readonly ctx: Context; readonly answer: { body?: unknown; location?: string } } {
  const answer: { body?: unknown; location?: string } = {};
  const ctx = Object.assign(answer, {
    redirect: (location: string) => {
      answer.location = location;
    },
  }) as unknown as Context;
  return { ctx, answer };
}

function loginOf(
  steps: readonly LoginStep[],
  userOf = (proof: LoginProof): Promise<UserDocument> => expect.fail(`the user of ${proof.accountId} was read`),
): Login {
  return createLogin(steps, { userOf, onComplete: () => Promise.resolve() });
}

describe('a login', () => {
  const first = step('login', password);
  const second = step('code', code, (proof) => !proof.amr.includes('otp'));
  const none = new Map<string, string>();

  it('of one step creates the session from its proof', async () => {
    const login = loginOf([first]);
    const interaction = begin();
    const { ctx, answer } = request();
    await login.take(ctx, interaction, first, none);
    expect(answer.location).to.equal('/authorize/one');
    expect(interaction.signedIn).to.deep.equal([password]);
  });

  it('of two steps creates no session before both are completed, then records the methods of both (RFC 8176) and the level', async () => {
    const login = loginOf([first, second]);
    const interaction = begin();
    const shown = request();
    await login.show(shown.ctx, interaction);
    expect(shown.answer.body).to.equal('login');
    const one = request();
    await login.take(one.ctx, interaction, first, none);
    expect(one.answer.location).to.equal('/interaction/one');
    expect(interaction.signedIn).to.deep.equal([]);
    const next = request();
    await login.show(next.ctx, interaction);
    expect(next.answer.body).to.equal('code');
    const two = request();
    await login.take(two.ctx, interaction, second, none);
    expect(two.answer.location).to.equal('/authorize/one');
    expect(interaction.signedIn).to.deep.equal([{ ...code, amr: ['pwd', 'otp', 'mfa'] }]);
  });

  it('begins with any of its first factors, and shows the first one unless another is chosen', async () => {
    const passkey = step('passkey', { ...password, amr: ['hwk'] });
    const login = loginOf([first, passkey, second]);
    const interaction = begin();
    const shown = request();
    await login.show(shown.ctx, interaction);
    expect(shown.answer.body).to.equal('login');
    await login.take(request().ctx, interaction, passkey, none);
    expect(interaction.proof?.amr).to.deep.equal(['hwk']);
    const next = request();
    await login.show(next.ctx, interaction);
    expect(next.answer.body).to.equal('code');
  });

  it('continues with the step that is due after a proof from elsewhere', async () => {
    const login = loginOf([first, second]);
    const interaction = begin();
    const { ctx, answer } = request();
    await login.proceed(ctx, interaction, password);
    expect(answer.location).to.equal('/interaction/one');
    expect(interaction.proof).to.deep.equal(password);
    await login.proceed(request().ctx, interaction, { ...password, amr: ['pwd', 'otp'] });
    expect(interaction.signedIn).to.have.length(1);
  });

  it('reads the user of its proof at most once for all steps, and for no step that does not need it', async () => {
    const read: LoginProof[] = [];
    const user = { _id: 'usr_ada' } as UserDocument;
    const asked: (UserDocument | undefined)[] = [];
    const asking = (): LoginStep =>
      step('asking', undefined, async (_proof, _interaction, _ctx, findUser) => {
        asked.push(await findUser());
        return false;
      });
    const userOf = (proof: LoginProof): Promise<UserDocument> => {
      read.push(proof);
      return Promise.resolve(user);
    };
    await loginOf([first, asking(), asking()], userOf).take(request().ctx, begin(), first, none);
    expect(asked).to.deep.equal([user, user]);
    expect(read).to.deep.equal([password]);
  });

  it('accepts a later step only in its turn', async () => {
    const login = loginOf([first, second]);
    const interaction = begin();
    const { ctx, answer } = request();
    await login.take(ctx, interaction, second, none);
    expect(answer.location).to.equal('/interaction/one');
    expect(interaction.signedIn).to.deep.equal([]);
    expect(interaction.proof).to.equal(undefined);
  });

  it('starts again if another user completes its first step', async () => {
    const login = loginOf([first, second]);
    const interaction = begin();
    await interaction.keepProof({ ...password, accountId: 'usr_grace', amr: ['otp'] });
    await login.take(request().ctx, interaction, first, none);
    expect(interaction.proof).to.deep.equal(password);
  });

  it('never merges the proofs of two users', async () => {
    const login = loginOf([first, second]);
    const interaction = begin();
    await interaction.keepProof({ ...password, accountId: 'usr_grace' });
    const outcome = await login.take(request().ctx, interaction, second, none).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(ExpiredError);
    expect(interaction.signedIn).to.deep.equal([]);
  });

  it('stays at a step that has answered the request itself', async () => {
    const refused = step('login', undefined);
    const login = loginOf([refused, second]);
    const interaction = begin();
    const { ctx, answer } = request();
    await login.take(ctx, interaction, refused, none);
    expect(answer).to.not.have.property('location');
    expect(interaction.proof).to.equal(undefined);
  });

  it('has no page when every step is completed', async () => {
    const interaction = begin();
    await interaction.keepProof(password);
    const outcome = await loginOf([first])
      .show(request().ctx, interaction)
      .catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(ExpiredError);
  });
});
