/** Asks everybody who can be asked about tokens, and compares the answers with the expectations. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AssertionError } from 'chai';
import { introspect, userinfo, type AppClient } from '../support/app.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { expectToken, type Expectation } from './expectations.ts';
import type { ApiGuard } from './guards.ts';
import type { Random } from './random.ts';
import { apiOfScope, machineOf } from './registrations.ts';
import type { State, Token } from './state.ts';
import type { Instance, World } from './world.ts';

/** Tokens that are checked although nothing about them is new: so many that are valid, and so many that are not. */
const samples = { active: 10, ended: 4 };
/** Milliseconds until an end is known everywhere: a second by decision 26, and half of one for the requests. */
const maxDelayMs = 1500;
const parallelQuestions = 16;

/** One consumer, asked about one token. */
interface Question {
  readonly token: Token;
  readonly who: string;
  /** Whether the end of this token may reach this consumer a moment later. */
  readonly mayBeLate: boolean;
  /** @returns what is wrong; undefined if nothing is */
  ask(expected: Expectation['is']): Promise<string | undefined>;
}

/** The client that may ask about a token (decision 3): its own, if that has a secret, else its API. */
function askerFor({ apps }: State, { app, api }: Token): AppClient | undefined {
  const own = app === undefined ? undefined : apps.get(app.registration.id)?.client;
  return own?.secret === undefined ? apps.get(machineOf[api?.registration.identifier ?? ''] ?? '')?.client : own;
}

/** Introspection names the grant, and the session with which a token ends (decision 28). */
function wrongMember({ grant, isOffline = false }: Token, body: Readonly<Record<string, unknown>>): string | undefined {
  if (grant === undefined) {
    return undefined;
  }
  grant.id ??= String(body['grant_id']);
  const session = isOffline ? undefined : grant.session.uid;
  if (body['grant_id'] !== grant.id) {
    return `names the grant ${String(body['grant_id'])} instead of ${grant.id}`;
  }
  return body['session_id'] === session
    ? undefined
    : `names the session ${String(body['session_id'])} instead of ${String(session)}`;
}

function introspection(state: State, token: Token, instance: Instance): Question | undefined {
  const asker = askerFor(state, token);
  return (
    asker && {
      token,
      who: `introspection by ${asker.clientId} at ${instance.name}`,
      // What is stored is removed at once. A JWT is not stored (decision 26).
      mayBeLate: token.kind === 'jwt' || token.isFromRace,
      ask: async (expected) => {
        const { status, body } = await introspect(instance.address, asker, token.value);
        if (status !== 200 || body['active'] !== (expected === 'active')) {
          return `answers ${status} ${JSON.stringify(body)}`;
        }
        return expected === 'active' ? wrongMember(token, body) : undefined;
      },
    }
  );
}

function comparedStatus(status: number, expected: Expectation['is']): string | undefined {
  return status === (expected === 'active' ? 200 : 401) ? undefined : `answers ${status}`;
}

function questionsAbout(state: State, token: Token, { instances }: World, guards: readonly ApiGuard[]): Question[] {
  const scope = token.scopes.find((one) => apiOfScope(one) === token.api?.registration.identifier);
  const introspections = instances.flatMap((instance) => introspection(state, token, instance) ?? []);
  const userinfos = (token.kind === 'userinfo' ? instances : []).map((instance) => ({
    token,
    who: `userinfo at ${instance.name}`,
    mayBeLate: token.isFromRace,
    ask: async (expected: Expectation['is']) =>
      comparedStatus((await userinfo(instance.address, token.value)).status, expected),
  }));
  const ofApi = guards.filter(({ api }) => scope !== undefined && api === token.api?.registration.identifier);
  const statuses = (token.kind === 'refresh' ? [] : ofApi).map(({ name, statusFor }) => ({
    token,
    who: name,
    mayBeLate: true,
    ask: async (expected: Expectation['is']) => comparedStatus(await statusFor(token.value, scope ?? ''), expected),
  }));
  return [...introspections, ...userinfos, ...statuses];
}

function describe(token: Token): string {
  const { name, kind, app, user, grant, isOffline = false, exchangedFrom, scopes, code } = token;
  const parts = [
    `${kind} of ${app?.registration.id ?? 'nobody'}`,
    ...(user === undefined ? [] : [`user ${user.email}`]),
    ...(grant === undefined ? [] : [`grant ${grant.id ?? 'unknown'}`]),
    ...(code === undefined ? [] : [code.name]),
    ...(isOffline ? ['offline access'] : []),
    ...(exchangedFrom === undefined ? [] : [`exchanged from ${exchangedFrom.name}`]),
    scopes.join(' '),
  ];
  return `${name} (${parts.join(', ')})`;
}

/** Those whose expectation has changed since the last check, and a few of the others. */
function chosenTokens(tokens: readonly Token[], random: Random, now: number): readonly Token[] {
  const expected = tokens.map((token) => [token, expectToken(token, now).is] as const);
  const changed = expected.filter(([token, is]) => token.checkedAs !== is);
  const same = (wanted: string) => expected.filter(([token, is]) => token.checkedAs === is && is === wanted);
  return [
    ...changed,
    ...random.sample(same('active'), samples.active),
    ...random.sample(same('ended'), samples.ended),
  ].map(([token]) => token);
}

export interface Checks {
  readonly world: World;
  readonly state: State;
  readonly guards: readonly ApiGuard[];
  readonly random: Random;
}

/** Whether an end may not have reached this consumer yet. */
function isInTime({ token, mayBeLate }: Question, askedAt: number): boolean {
  return mayBeLate && token.endSeenAt !== undefined && askedAt - token.endSeenAt < maxDelayMs;
}

/**
 * Asks one consumer.
 * @returns whether to ask again, because the end of the token may not be known there yet
 * @throws AssertionError for any other wrong answer
 */
async function isLate(question: Question, now: number): Promise<boolean> {
  const { token, who, ask } = question;
  const askedAt = machineMilliseconds();
  const expected = expectToken(token, now);
  const wrong = expected.is === 'undecided' ? undefined : await ask(expected.is);
  if (wrong === undefined || (expected.is === 'ended' && isInTime(question, askedAt))) {
    return wrong !== undefined;
  }
  const because = expected.is === 'ended' ? ` (${expected.because})` : '';
  throw new AssertionError(`${who} ${wrong}, expected ${expected.is}${because}: ${describe(token)}`);
}

/** Checks the tokens for which something has changed, and some others. @throws AssertionError */
export async function checkTokens({ world, state, guards, random }: Checks): Promise<void> {
  const now = world.now();
  const chosen = chosenTokens(state.tokens, random, now);
  for (const token of chosen) {
    token.checkedAs = expectToken(token, now).is;
    if (token.checkedAs === 'ended') {
      token.endSeenAt ??= machineMilliseconds();
    }
  }
  let questions = chosen.flatMap((token) => questionsAbout(state, token, world, guards));
  while (questions.length > 0) {
    const late: Question[] = [];
    for (let at = 0; at < questions.length; at += parallelQuestions) {
      const asked = questions.slice(at, at + parallelQuestions);
      const answers = await Promise.all(asked.map((question) => isLate(question, world.now())));
      late.push(...asked.filter((_question, number) => answers[number]));
    }
    questions = late;
    await sleep(late.length > 0 ? 50 : 0);
  }
}
